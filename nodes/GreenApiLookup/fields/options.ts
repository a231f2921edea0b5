/** What the rows look like, and the options that few people need. */

import type { INodeProperties } from 'n8n-workflow';

import { countryChoices } from '../lookup/phone/numberingPlans';
import type { MessengerDefinition } from '../messengers/definition';

export const listNotice: INodeProperties = {
	displayName:
		'Looking up a list? Set <b>On Error</b> in the Settings tab to <b>Continue (using error output)</b>. Otherwise the first item without an answer ends the run, and the answers before it are lost.',
	name: 'listNotice',
	type: 'notice',
	default: '',
	displayOptions: {
		show: { operation: ['checkAccount', 'getContactInfo'] },
		// A tool gets one number at a time.
		hide: { '@tool': [true] },
	},
};

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
		'Country of the numbers that are written without a country code, such as 8 (912) 345-67-89 or 030 123456. Numbers with + or 00 keep theirs. Taken from each item; an expression gives the ISO code, e.g. RU.',
};

export function optionsField(messengers: readonly MessengerDefinition[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{ ...defaultCountry, displayOptions: { show: { '/operation': ['checkAccount'] } } },
			// Where no chat ID is made of a phone number, a country means nothing.
			{
				...defaultCountry,
				displayOptions: {
					show: {
						'/resource': messengers
							.filter(({ chatIds }) => chatIds.numberSuffix !== undefined)
							.map(({ id }) => id),
						'/operation': ['getContactInfo'],
					},
				},
			},
			{
				displayName: 'Force',
				name: 'force',
				type: 'boolean',
				default: false,
				description:
					"Whether to ask the messenger itself and not to take an answer from GREEN-API's cache. Slower, and many forced checks can make the messenger restrict the account.",
				displayOptions: { show: { '/operation': ['checkAccount'] } },
			},
			{
				displayName: 'Include Input Fields',
				name: 'includeInputFields',
				type: 'boolean',
				default: false,
				description:
					"Whether to keep the fields of the incoming item beside the result. Where both have a field of the same name, the result's is kept.",
			},
			{
				displayName: 'Max Calls',
				name: 'maxCalls',
				type: 'number',
				default: 0,
				typeOptions: { minValue: 0, numberPrecision: 0 },
				description:
					'Protects the monthly quota: most calls to GREEN-API that this node makes in one execution of the workflow, repeated ones included. The remaining items fail as callLimit, and never stop the run. 0 for no cap. Taken from the first item.',
			},
			{
				displayName: 'Max Wait',
				name: 'maxWait',
				type: 'number',
				default: 300,
				typeOptions: { minValue: 0, numberPrecision: 0 },
				description:
					'Seconds that one item may take at most, from its first call to its last, waiting for the limit of calls a second not counted. 0 means 300. Taken from the first item.',
			},
		],
	};
}
