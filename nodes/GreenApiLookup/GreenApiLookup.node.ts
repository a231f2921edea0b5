import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { messengerField, operationField } from './descriptions/operations';
import { listNotice, optionsField, simplifyField } from './descriptions/output';
import { chatIdField, phoneNumberField } from './descriptions/subject';
import { bulkDoors } from './doors/bulk';
import type { Clock } from './lookup/session';

const SYSTEM_CLOCK: Clock = { now: () => Date.now() };

/** Looks up messenger accounts by phone number: one row out for every item in. */
export class GreenApiLookup implements INodeType {
	/** @param clock tests hand in their own, n8n none */
	constructor(private readonly clock: Clock = SYSTEM_CLOCK) {}

	description: INodeTypeDescription = {
		displayName: 'GREEN-API Lookup',
		name: 'greenApiLookup',
		icon: { light: 'file:greenApiLookup.svg', dark: 'file:greenApiLookup.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ ({ checkAccount: "Check Account", getAccountSettings: "Get Account Settings", getContactInfo: "Get Contact Info" })[$parameter.operation] + ": " + ({ max: "MAX", telegram: "Telegram", whatsapp: "WhatsApp" })[$parameter.resource] }}',
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
			operationField('max', this.clock),
			operationField('telegram', this.clock),
			operationField('whatsapp', this.clock),
			phoneNumberField('max'),
			phoneNumberField('telegram'),
			phoneNumberField('whatsapp'),
			chatIdField('max'),
			chatIdField('telegram'),
			chatIdField('whatsapp'),
			listNotice,
			simplifyField,
			optionsField,
		],
	};

	/** Lists come in here; where an n8n has no such door, each item goes through the routing above. */
	customOperations = bulkDoors(this.clock);
}
