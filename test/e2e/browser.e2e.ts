/** The editor as a user sees it: found, set up, filled in, run and read in a browser. */

import { exampleWorkflow, NODE_TYPE, type ImportedWorkflow } from '../../scripts/n8n/content';
import { Editor } from './editor';
import { chain, createWorld, INSTALL_TIMEOUT_MS, LOOKUP, type World } from './harness';

const NODE = 'GREEN-API Lookup';

/** The node behind the lookup. */
const NEXT = 'Next';

let world: World;
let editor: Editor;

beforeAll(async () => {
	world = await createWorld({
		// Hosts before 2026 take numbers of 11 and 12 digits only.
		instances: { answers: 'newer' },
		// One for each test: n8n saves what is changed.
		workflows: [
			exampleWorkflow('check-list'),
			...['credential', 'run', 'preview', 'messenger', 'stop', 'branches'].map(lookupWorkflow),
		],
	});
	editor = await Editor.open(world.n8n);
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
	await editor?.close();
	await world?.close();
});

/** Manual trigger → Lookup → Next. */
function lookupWorkflow(id: string): ImportedWorkflow {
	return chain(
		id,
		{ name: 'Start', type: 'n8n-nodes-base.manualTrigger' },
		{
			name: LOOKUP,
			type: NODE_TYPE,
			parameters: { resource: 'whatsapp', operation: 'checkAccount' },
		},
		{ name: NEXT, type: 'n8n-nodes-base.noOp' },
	);
}

describe('in the list of nodes', () => {
	beforeAll(async () => await editor.newWorkflow());

	test.each(['telegram', 'max', 'phone number', 'lookup', 'whatsapp'])(
		'the node is found by typing "%s"',
		async (word) => {
			await editor.search(word);
			await editor.listedNode(NODE).waitFor();
			if (word === 'whatsapp') await editor.picture('node-search', editor.nodeList, 300);

			expect(await editor.listedNode(NODE).innerText()).toBe(NODE);
		},
	);

	test('an operation is picked from the actions of the node', async () => {
		await editor.search('whatsapp');
		const actions = await editor.actionsOf(NODE);

		expect(actions).toHaveLength(9);
		expect(actions).toContain('Get MAX contact info');
		await editor.addAction('Check Telegram account');

		expect(await editor.valueOf('resource')).toBe('Telegram');
		expect(await editor.valueOf('operation')).toBe('Check Account');
		expect(await editor.valueOf('phoneNumber')).toBe('');
	});
});

test('a new credential is tested: a wrong token is told in words, the right one passes', async () => {
	const { idInstance, apiTokenInstance } = world.simulator.instance('whatsapp');
	await editor.openWorkflow('credential');
	await editor.openNode(LOOKUP);
	await editor.newCredential();
	await editor.fill('apiUrl', world.simulator.url);
	await editor.fill('idInstance', idInstance);
	await editor.fill('apiTokenInstance', apiTokenInstance.replaceAll('7', '8'));
	await editor.saveCredential();

	expect(await editor.connectionProblem()).toMatch(/does not accept this token.+into API Token/s);

	await editor.fill('apiTokenInstance', apiTokenInstance);
	await editor.saveCredential();
	await editor.credentialDialog.waitFor({ state: 'hidden' });

	expect(await editor.credentialName()).toBe('GREEN-API Instance account');

	await editor.editCredential();

	expect(await editor.connectionSuccess()).toContain('Connection tested successfully');
	await editor.picture('credential', editor.credentialDialog.locator('.el-dialog'));
});

test('fields are filled, the step is run, and the row says that the account exists', async () => {
	await editor.openWorkflow('run');
	await editor.openNode(LOOKUP);
	await editor.fill('phoneNumber', '8 (987) 654-32-10');
	await editor.addOption('Default Country');
	await editor.choose('defaultCountry', 'Russia');
	await editor.picture('fields', editor.parameters, 570);
	await editor.runStep();

	expect(await editor.rows()).toEqual([
		expect.objectContaining({
			messenger: 'whatsapp',
			phoneNumber: '79876543210',
			exists: 'true',
			chatId: '79876543210@c.us',
			checkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
		}),
	]);
});

test('the next node shows the fields of the row before anything was run', async () => {
	const before = world.simulator.calls().length;
	await editor.openWorkflow('preview');
	await editor.openNode(NEXT);
	const { names, notice } = await editor.expectedFields();
	await editor.picture('next-node', editor.inputPanel, 490);

	expect(names).toEqual([
		...['messenger', 'phoneNumber', 'exists', 'chatId', 'country', 'numberType'],
		...['username', 'lid'],
		...['contact', 'name', 'contactName', 'avatar', 'username', 'isBusiness', 'lastSeen'],
		...['contactError', 'code', 'message', 'advice', 'retryable'],
		'checkedAt',
	]);
	expect(notice).toContain('Usually outputs the following fields');
	expect(world.simulator.calls()).toHaveLength(before);
});

test('the fields follow when another messenger is chosen', async () => {
	const phoneNumber = (placeholder: string) =>
		editor.field('phoneNumber').locator(`input[placeholder="${placeholder}"]`);
	await editor.openWorkflow('messenger');
	await editor.openNode(LOOKUP);
	await editor.fill('phoneNumber', '79876543210');

	await editor.choose('resource', 'Telegram');
	await phoneNumber('e.g. +7 987 654-32-10 or @username').waitFor();
	expect(await editor.valueOf('operation')).toBe('Check Account');

	await editor.choose('resource', 'MAX');
	await phoneNumber('e.g. +7 987 654-32-10').waitFor();
	expect(await editor.descriptionOf('Phone Number')).toMatch(/\b7\b.+\b375\b/);
	expect(await editor.valueOf('phoneNumber')).toBe('79876543210');

	// No "Custom API Call" of n8n's: the credential does not work in its HTTP Request node.
	expect(await editor.choicesOf('resource')).toEqual(['WhatsApp', 'Telegram', 'MAX']);
	expect((await editor.choicesOf('operation')).map((text) => text.split('\n')[0])).toEqual([
		'Check Account',
		'Get Account Settings',
		'Get Contact Info',
	]);
	await editor.choose('operation', 'Get Contact Info');
	await editor.field('chatId').waitFor();
	expect(await editor.field('phoneNumber').count()).toBe(0);
});

test('a number that cannot be looked up stops the run with advice', async () => {
	await editor.openWorkflow('stop');
	await editor.openNode(LOOKUP);
	await editor.fill('phoneNumber', 'ask at reception');
	await editor.runStep();

	const { message, advice } = await editor.failure();
	expect(message).toMatch(/^"ask at reception" is not a phone number/);
	expect(advice).toMatch(/^Fill in a phone number/);
	await editor.openSettings();
	expect(await editor.valueOf('onError')).toBe('Stop Workflow');
});

test('with the error output chosen in the settings, the same number is a row of the error branch', async () => {
	await editor.openWorkflow('branches');
	await editor.openNode(LOOKUP);
	await editor.fill('phoneNumber', 'ask at reception');
	await editor.openSettings();
	await editor.choose('onError', 'Continue (using error output)');
	await editor.runStep();

	expect(await editor.branches()).toEqual(['Success Branch', 'Error Branch (1 item)']);
	await editor.openBranch('Error Branch');
	expect(await editor.rows()).toEqual([
		{ error: expect.stringMatching(/code\s*:\s*invalidPhoneNumber/) },
	]);
});

test('a list is split into answered contacts and those that say why not', async () => {
	await editor.openWorkflow('check-list');
	const items = await editor.runWorkflow();
	await editor.openNode('Check Account');

	expect(await editor.branches()).toEqual(['Success Branch (11 items)', 'Error Branch (1 item)']);
	expect(items).toEqual(['1 item', '12 items', '11 items', '1 item']);

	const answered = await editor.rows();
	expect(answered).toHaveLength(11);
	expect(answered).toContainEqual(
		expect.objectContaining({ name: 'Anna Petrova', phoneNumber: '79123456780', exists: 'true' }),
	);
	expect(answered).toContainEqual(
		expect.objectContaining({ name: 'Boris Ivanov', exists: 'false', chatId: 'null' }),
	);

	await editor.picture('rows', editor.panel, 740);

	await editor.openBranch('Error Branch');
	expect(await editor.rows()).toEqual([
		{
			name: 'Front desk',
			phone: 'ask at reception',
			error: expect.stringMatching(/code\s*:\s*invalidPhoneNumber/),
		},
	]);
	await editor.picture('error-output', editor.panel, 740);
});
