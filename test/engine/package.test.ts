/** What n8n reads of the package: descriptions, texts, schemas, files. Rules that hold for all. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import {
	displayParameter,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
} from 'n8n-workflow';

import { ENDPOINTS, messengerOf } from '../endpoints';
import { loadCredentialType, loadNodeType, PACKAGE_FOLDER } from './engine';
import { lookUp } from './lookUp';

const NODE_FOLDER = path.join(PACKAGE_FOLDER, 'dist/nodes/GreenApiLookup');

let nodeType: INodeType;
let properties: INodeProperties[];

beforeAll(async () => {
	nodeType = await loadNodeType();
	({ properties } = nodeType.description);
});

function operationOption(messenger: string, operation: string): INodePropertyOptions | undefined {
	const field = properties.find(
		({ name, displayOptions }) =>
			name === 'operation' && displayOptions?.show?.resource?.includes(messenger),
	);
	return (field?.options as INodePropertyOptions[]).find(({ value }) => value === operation);
}

test('the node is declarative: it has routing and no execute', () => {
	expect(nodeType).not.toHaveProperty('execute');
	expect(nodeType.description.requestDefaults).toBeDefined();
	expect(nodeType.description.usableAsTool).toBe(true);
});

test.each(ENDPOINTS)(
	'$messenger $operation has routing, customOperations and its own action',
	(endpoint) => {
		const { messenger, operation, verb, path: url } = endpoint;
		const option = operationOption(messenger, operation);

		expect(option?.routing?.request).toEqual({ method: verb, url });
		expect(nodeType.customOperations?.[messenger]?.[operation]).toEqual(expect.any(Function));
		expect(option?.action).toContain(messengerOf(messenger).name);
	},
);

test("n8n's AI builder is told what costs money, which messenger, and what lists need", () => {
	const hintOf = (name: string) =>
		properties.find((field) => field.name === name)?.builderHint?.propertyHint;
	const [messenger] = properties[0]?.options as INodePropertyOptions[];

	expect(messenger?.builderHint?.propertyHint).toMatch(/needs an instance of WhatsApp/);
	for (const operation of ['checkAccount', 'getContactInfo']) {
		const { builderHint } = operationOption('max', operation) ?? {};
		expect(builderHint?.propertyHint).toMatch(/"continueErrorOutput"/);
	}
	expect(hintOf('phoneNumber')).toMatch(/defaultCountry/);
	expect(hintOf('chatId')).toMatch(/includeContactInfo/);
	expect(hintOf('options')).toMatch(/monthly quota.*maxCalls.*dryRun.*reuseAnswers/);
});

type Choice = { readonly resource: string; readonly operation: string };

/** Names of the fields, or of the options in a collection, that n8n shows. */
function shown(fields: INodeProperties[], choice: Choice): string[] {
	return fields
		.filter((field) => displayParameter(choice, field, null, null))
		.map(({ name }) => name)
		.filter((name) => name !== 'requestOptions');
}

const ALWAYS = ['includeInputFields', 'maxCalls', 'maxWait'];
const CONTACT_OPTIONS = [...ALWAYS, 'reuseAnswers'];
const CHECK_OPTIONS = [
	'checksPerMinute',
	'defaultCountry',
	'dryRun',
	'force',
	'includeContactInfo',
	...CONTACT_OPTIONS,
];

test.each([
	['whatsapp', 'checkAccount', ['phoneNumber', 'listNotice'], CHECK_OPTIONS],
	['telegram', 'checkAccount', ['phoneNumber', 'listNotice'], CHECK_OPTIONS],
	['max', 'checkAccount', ['phoneNumber', 'listNotice'], CHECK_OPTIONS],
	['whatsapp', 'getAccountSettings', [], ALWAYS],
	['telegram', 'getAccountSettings', [], ALWAYS],
	['max', 'getAccountSettings', [], ALWAYS],
	['whatsapp', 'getContactInfo', ['chatId', 'listNotice'], ['defaultCountry', ...CONTACT_OPTIONS]],
	['telegram', 'getContactInfo', ['chatId', 'listNotice'], CONTACT_OPTIONS],
	['max', 'getContactInfo', ['chatId', 'listNotice'], CONTACT_OPTIONS],
])('%s %s shows each field that it uses, once', (resource, operation, fields, options) => {
	const { options: collection } = properties.find(({ name }) => name === 'options') ?? {};
	const choice = { resource, operation };

	expect(shown(properties, choice)).toEqual([
		'resource',
		'operation',
		...fields,
		'simplify',
		'options',
	]);
	expect(shown(collection as INodeProperties[], choice)).toEqual(options);
});

test('dropdowns and options of five and more are in alphabetical order', () => {
	const lists = properties
		.filter(({ name }) => name !== 'requestOptions')
		.flatMap(({ options = [] }) => [
			options.map((option) => ('displayName' in option ? option.displayName : option.name)),
		]);

	for (const names of lists.filter(({ length }) => length >= 5)) {
		expect(names).toEqual([...names].sort());
	}
});

test('icons, codex and credential icon are where n8n looks for them', async () => {
	const credentialType = await loadCredentialType();
	for (const { iconUrl } of [nodeType.description, credentialType]) {
		const { light, dark } = iconUrl as { light: string; dark: string };
		for (const url of [light, dark]) {
			const file = url.replace('icons/n8n-nodes-green-api-lookup/', '');
			expect([file, existsSync(path.join(PACKAGE_FOLDER, file))]).toEqual([file, true]);
		}
	}
	expect(nodeType.description.codex?.categories).toContain('Communication');
});

test('the credential works wherever n8n loads the package from', async () => {
	// n8n fills the supported nodes for packages in nodes/node_modules only, and refuses in others.
	expect(await loadCredentialType()).not.toHaveProperty('restrictToSupportedNodes');
});

describe('the output schema', () => {
	interface Schema {
		readonly properties: Record<string, { readonly type: string }>;
	}

	test.each(ENDPOINTS)('of $messenger $operation knows every field of a row', async (endpoint) => {
		const { messenger, operation } = endpoint;
		const file = path.join(NODE_FOLDER, '__schema__/v1.0.0', messenger, `${operation}.json`);
		const schema = JSON.parse(readFileSync(file, 'utf8')) as Schema;
		const chatId = messenger === 'whatsapp' ? '79876543210@c.us' : '10000000';
		const { rows } = await lookUp({
			messenger,
			operation,
			values: [operation === 'getContactInfo' ? chatId : '79876543210'],
			instance: { answers: 'newer' },
			options: { includeContactInfo: true },
		});

		const [row = {}] = rows;
		expect(Object.keys(row)).toContain('checkedAt');
		for (const [key, value] of Object.entries(row)) {
			const type = schema.properties[key]?.type;
			expect([key, type]).not.toEqual([key, undefined]);
			if (value !== null)
				expect([key, type?.replace('integer', 'number')]).toEqual([key, typeof value]);
		}
	});
});
