/** What the rows look like, and the options that few people need. */

import type { INodeProperties } from 'n8n-workflow';

import { countryChoices } from '../lookup/countries';

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

export const optionsField: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{ ...defaultCountry, displayOptions: { show: { '/operation': ['checkAccount'] } } },
		// The chat IDs of the other messengers hold no phone number.
		{
			...defaultCountry,
			displayOptions: { show: { '/resource': ['whatsapp'], '/operation': ['getContactInfo'] } },
		},
		{
			displayName: 'Force',
			name: 'force',
			type: 'boolean',
			default: false,
			description:
				"Whether to ask the messenger itself and not to take an answer from GREEN-API's cache. Slower, and many forced checks can make the messenger restrict the account.",
			displayOptions: { show: { '/operation': ['checkAccount'] } },
			routing: { send: { type: 'body', property: 'force' } },
		},
		{
			displayName: 'Include Input Fields',
			name: 'includeInputFields',
			type: 'boolean',
			default: false,
			description:
				"Whether to keep the fields of the incoming item beside the result. Where both have a field of the same name, the result's stays.",
		},
		{
			displayName: 'Max Calls',
			name: 'maxCalls',
			type: 'number',
			default: 0,
			typeOptions: { minValue: 0, numberPrecision: 0 },
			description:
				'Protects the monthly quota: most calls to GREEN-API that this node makes in one execution of the workflow, repeated ones included. What is left fails as callLimit and never stops the run. 0 for no cap. Taken from the first item.',
		},
		{
			displayName: 'Max Tries',
			name: 'maxTries',
			type: 'number',
			default: 5,
			typeOptions: { minValue: 0, maxValue: 100, numberPrecision: 0 },
			description:
				'Most calls for one item when GREEN-API or the network fails in passing. Calls that are refused because of the limit of calls a second do not count. 1 asks once, 0 means 5. Taken from the first item.',
		},
		{
			displayName: 'Max Wait',
			name: 'maxWait',
			type: 'number',
			default: 300,
			typeOptions: { minValue: 0, numberPrecision: 0 },
			description:
				'Seconds that one item may take at most, from its first call to its last, waiting for its turn not counted. 0 means 300. Taken from the first item.',
		},
	],
};
