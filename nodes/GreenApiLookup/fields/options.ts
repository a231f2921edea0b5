/** What the rows look like, and the options that few people need. */

import type { INodeProperties } from 'n8n-workflow';

import { countryChoices } from '../lookup/phone/numberingPlans';
import type { MessengerDefinition } from '../messengers/definition';

/** What a list needs before its first run. */
export const listNotice: INodeProperties = {
	displayName:
		'For a list, <b>On Error</b> in the Settings tab should be <b>Continue (using error output)</b>, and inside a loop <b>Continue</b>. With Stop Workflow the first item without an answer ends the run, and the answers before it are lost.',
	name: 'listNotice',
	type: 'notice',
	default: '',
	displayOptions: {
		show: { operation: ['checkAccount', 'getContactInfo'] },
		// A tool gets one number at a time.
		hide: { '@tool': [true] },
	},
};

/** n8n's usual switch, in n8n's wording. */
export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

const defaultCountry: INodeProperties = {
	displayName: 'Default Country',
	name: 'defaultCountry',
	type: 'options',
	options: [{ name: 'None (Numbers Have Their Country Code)', value: '' }, ...countryChoices()],
	default: '',
	description:
		'Country of numbers that are written without a country code, such as 8 (912) 345-67-89 or 030 123456. Numbers with + keep theirs. Read for each item; an expression gives the ISO code, e.g. RU.',
};

const FOR_CHECKS = { show: { '/operation': ['checkAccount'] } };

function checksPerMinuteField(messenger: MessengerDefinition): INodeProperties {
	const { id, name, checksPerMinute = 0 } = messenger;
	const why = checksPerMinute
		? `${name} can stop answering for about 2 hours after many different numbers within minutes.`
		: 'For a slower pace than the 10 per second that GREEN-API allows.';
	return {
		displayName: 'Checks per Minute',
		name: 'checksPerMinute',
		type: 'number',
		default: checksPerMinute,
		typeOptions: { minValue: 0, numberPrecision: 2 },
		description: `Maximum number of checks per minute on this instance, in all executions of this n8n process. ${why} 0 means as many as GREEN-API allows. Read from the first item.`,
		displayOptions: { show: { ...FOR_CHECKS.show, '/resource': [id] } },
	};
}

/** The collection Options; each operation shows those that it uses. */
export function optionsField(messengers: readonly MessengerDefinition[]): INodeProperties {
	// Where no chat ID is made of a phone number, a country means nothing.
	const takingNumbers = messengers.filter(({ chatIds }) => chatIds.numberSuffix !== undefined);
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		builderHint: {
			propertyHint:
				'Every different number costs at least one check of the monthly quota (100 on the free plan). Set maxCalls as a cap, dryRun to see the cost without a call, and reuseAnswers (hours) for workflows that run often.',
		},
		options: [
			...messengers.map(checksPerMinuteField),
			{ ...defaultCountry, displayOptions: FOR_CHECKS },
			{
				...defaultCountry,
				displayOptions: {
					show: {
						'/resource': takingNumbers.map(({ id }) => id),
						'/operation': ['getContactInfo'],
					},
				},
			},
			{
				displayName: 'Dry Run',
				name: 'dryRun',
				type: 'boolean',
				// Added to see the cost, it must not first make the calls.
				default: true,
				description:
					'Whether to make no calls, and only report what the run would cost and which numbers cannot be read. Each row shows the number as it would be checked.',
				displayOptions: FOR_CHECKS,
			},
			{
				displayName: 'Force',
				name: 'force',
				type: 'boolean',
				default: false,
				description:
					"Whether to ask the messenger itself instead of taking an answer from GREEN-API's cache. Slower, and many forced checks can make the messenger restrict the account.",
				displayOptions: FOR_CHECKS,
			},
			{
				displayName: 'Include Contact Info',
				name: 'includeContactInfo',
				type: 'boolean',
				default: false,
				description:
					'Whether to add the name, avatar and more of each account that is found. One more call for each; on WhatsApp, GREEN-API allows 1 per second, so 1,000 accounts take 17 minutes.',
				displayOptions: FOR_CHECKS,
			},
			{
				displayName: 'Include Input Fields',
				name: 'includeInputFields',
				type: 'boolean',
				default: false,
				description:
					"Whether to keep the fields of the incoming item beside the result. Where both have a field of the same name, the result's is kept; incoming fields named error and details are left out.",
			},
			{
				displayName: 'Max Calls',
				name: 'maxCalls',
				type: 'number',
				default: 0,
				typeOptions: { minValue: 0, numberPrecision: 0 },
				description:
					'Protects the monthly quota: maximum number of calls that this node makes in one execution of the workflow, retries included. The remaining items fail as callLimit without stopping the run. 0 for no cap. Read from the first item.',
			},
			{
				displayName: 'Max Wait',
				name: 'maxWait',
				type: 'number',
				default: 300,
				typeOptions: { minValue: 1, maxValue: 86_400, numberPrecision: 0 },
				description:
					'How many seconds to keep trying: an item with a transient failure is retried for this long, and a run that gets no answer for this long gives up. Read from the first item.',
			},
			{
				displayName: 'Reuse Answers (Hours)',
				name: 'reuseAnswers',
				type: 'number',
				default: 24,
				typeOptions: { minValue: 0, maxValue: 720 },
				description:
					'For how many hours an earlier answer is used again, in any workflow, instead of a new call. Answers are kept only in the memory of this n8n process: a restart loses them, and workers do not share them. 0 for never.',
				displayOptions: { show: { '/operation': ['checkAccount', 'getContactInfo'] } },
			},
		],
	};
}
