import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { customOperations } from './adapters/entryPoints';
import { SYSTEM } from './adapters/environment';
import { messengerField, operationFields, subtitleOf } from './fields/operations';
import { listNotice, optionsField, simplifyField } from './fields/options';
import { subjectFields } from './fields/subject';
import type { Environment } from './lookup/environment';
import { ProcessState } from './lookup/processState';
import { MESSENGERS } from './messengers';

/** One for the whole process: however often n8n loads the node, an instance has one limit. */
const PROCESS = new ProcessState(SYSTEM);

/** Looks up messenger accounts by phone number: one row out for every item in. */
export class GreenApiLookup implements INodeType {
	/** @param environment tests pass their own, and their own messengers; n8n passes neither */
	constructor(
		private readonly environment?: Environment,
		private readonly messengers = MESSENGERS,
	) {}

	private readonly lookup = {
		messengers: this.messengers,
		state: this.environment ? new ProcessState(this.environment) : PROCESS,
	};

	description: INodeTypeDescription = {
		displayName: 'GREEN-API Lookup',
		name: 'greenApiLookup',
		icon: { light: 'file:greenApiLookup.svg', dark: 'file:greenApiLookup.dark.svg' },
		group: ['transform'],
		// n8n adds "Custom API Call" to both dropdowns of a node whose version is one number; the
		// credential does not work in the HTTP Request node that it tells to use.
		version: [1],
		defaultVersion: 1,
		subtitle: subtitleOf(this.lookup),
		description:
			'Find out whether phone numbers have a WhatsApp, Telegram or MAX account, who a contact is, and how an instance is doing',
		defaults: { name: 'GREEN-API Lookup' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'greenApiInstanceApi', required: true }],
		requestDefaults: { baseURL: '={{$credentials.apiUrl}}' },
		properties: [
			messengerField(this.lookup),
			...operationFields(this.lookup),
			...subjectFields(this.messengers, 'phoneNumber'),
			...subjectFields(this.messengers, 'chatId'),
			listNotice,
			simplifyField,
			optionsField(this.messengers),
		],
	};

	/** Lists come in here; an n8n that does not know it sends each item through the routing above. */
	customOperations = customOperations(this.lookup);
}
