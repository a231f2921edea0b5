import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { messengerField, operationField } from './descriptions/operations';
import { listNotice, optionsField, simplifyField } from './descriptions/output';
import { chatIdField, phoneNumberField } from './descriptions/subject';
import { bulkDoors } from './doors/bulk';
import { SYSTEM } from './doors/system';
import type { Platform } from './lookup/platform';
import { Shared } from './lookup/shared';

/** One for the whole process: however often n8n loads the node, an instance has one limit. */
const SHARED = new Shared(SYSTEM);

/** Looks up messenger accounts by phone number: one row out for every item in. */
export class GreenApiLookup implements INodeType {
	/** @param platform tests hand in their own, n8n none */
	constructor(private readonly platform?: Platform) {}

	private readonly shared = this.platform ? new Shared(this.platform) : SHARED;

	description: INodeTypeDescription = {
		displayName: 'GREEN-API Lookup',
		name: 'greenApiLookup',
		icon: { light: 'file:greenApiLookup.svg', dark: 'file:greenApiLookup.dark.svg' },
		group: ['transform'],
		// n8n adds "Custom API Call" to both dropdowns of a node whose version is one number; the
		// credential does not work in the HTTP Request node that it tells to use.
		version: [1],
		defaultVersion: 1,
		subtitle:
			'={{ ({ max: "MAX", telegram: "Telegram", whatsapp: "WhatsApp" })[$parameter.resource] + ": " + ({ checkAccount: "Check Account", getAccountSettings: "Get Account Settings", getContactInfo: "Get Contact Info" })[$parameter.operation] }}',
		description:
			'Find out whether phone numbers have a WhatsApp, Telegram or MAX account, who a contact is, and how an instance is doing',
		defaults: { name: 'GREEN-API Lookup' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'greenApiInstanceApi', required: true }],
		requestDefaults: { baseURL: '={{$credentials.apiUrl}}' },
		properties: [
			messengerField,
			operationField('whatsapp', this.shared),
			operationField('telegram', this.shared),
			operationField('max', this.shared),
			phoneNumberField('whatsapp'),
			phoneNumberField('telegram'),
			phoneNumberField('max'),
			chatIdField('whatsapp'),
			chatIdField('telegram'),
			chatIdField('max'),
			listNotice,
			simplifyField,
			optionsField,
		],
	};

	/** Lists come in here; where an n8n has no such door, each item goes through the routing above. */
	customOperations = bulkDoors(this.shared);
}
