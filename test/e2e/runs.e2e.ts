/**
 * Runs in a real n8n: credentials whose fields are expressions of the item, "Retry execution" of the
 * executions list, what Stop Workflow stores, and what n8n 3 would break.
 */

import type { IDataObject, INode } from 'n8n-workflow';

import {
	CREDENTIAL_TYPE,
	exampleWorkflows,
	NODE_TYPE,
	type ImportedWorkflow,
} from '../../scripts/n8n/content';
import { instanceOf, type InstanceChanges } from '../../simulator/instance';
import { startSimulator, type Simulator } from '../../simulator/server';
import { ended, executionsOf, rowsOf } from './executions';
import {
	callWebhook,
	chain,
	createWorld,
	INSTALL_TIMEOUT_MS,
	LOOKUP,
	webhookWorkflow,
	whileBroken,
	type World,
} from './harness';

const CHECK = {
	resource: 'whatsapp',
	operation: 'checkAccount',
	phoneNumber: '={{ $json.phone }}',
};

/** Two customers' instances, with GREEN-API's limit; on the second one nobody has an account. */
const CUSTOMERS = [
	{ ...instanceOf('whatsapp'), idInstance: '7103000011', apiTokenInstance: 'token-of-customer-a' },
	{
		...instanceOf('whatsapp', { unlisted: 'none' }),
		idInstance: '7103000012',
		apiTokenInstance: 'token-of-customer-b',
	},
] as const;

/** A workflow that n8n 3 breaks. */
const OUTDATED = chain('outdated', {
	name: 'Agent',
	type: '@n8n/n8n-nodes-langchain.agent',
	typeVersion: 1.5,
});

let customers: Simulator;
let world: World;

beforeAll(async () => {
	customers = await startSimulator({ instances: CUSTOMERS });
	const rows = { onError: 'continueRegularOutput' } as const;
	world = await createWorld({
		credentials: [
			{
				id: 'customers',
				name: 'Customers',
				type: CREDENTIAL_TYPE,
				data: {
					apiUrl: customers.url,
					idInstance: '={{ $json.id }}',
					apiTokenInstance: '={{ $json.token }}',
				},
			},
		],
		workflows: [
			...exampleWorkflows(),
			OUTDATED,
			ofCustomers(webhookWorkflow('customers', CHECK, rows)),
			webhookWorkflow('stop', { ...CHECK, options: { maxWait: 0.001 } }),
			webhookWorkflow('capped', { ...CHECK, options: { maxWait: 0.001, maxCalls: 2 } }),
		],
		published: ['customers', 'stop', 'capped'],
	});
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
	await world?.close();
	await customers?.close();
});

/** The workflow with the credential whose fields are expressions. */
function ofCustomers(workflow: ImportedWorkflow): ImportedWorkflow {
	const credentials = { [CREDENTIAL_TYPE]: { id: 'customers', name: 'Customers' } };
	const withOwn = (node: INode) => (node.type === NODE_TYPE ? { ...node, credentials } : node);
	return { ...workflow, nodes: workflow.nodes.map(withOwn) };
}

const phones = (count: number) =>
	Array.from({ length: count }, (_, index) => String(79_000_000_000 + index));

const itemOf = (customer: 0 | 1, phone: string) => {
	const { idInstance: id, apiTokenInstance: token } = CUSTOMERS[customer];
	return { phone, id, token };
};

describe('a credential whose fields are expressions of the item', () => {
	beforeEach(() => customers.forget());

	test.each<[string, (index: number) => 0 | 1]>([
		['A … A B … B', (index) => (index < 40 ? 0 : 1)],
		['A B A B …', (index) => (index % 2 === 0 ? 0 : 1)],
	])(
		'%s: each item is asked through its own instance, the two side by side',
		async (_title, of) => {
			// All of them even: with an account on A, and none on B.
			const even = phones(160).filter((phone) => Number(phone) % 2 === 0);
			const items = even.map((phone, index) => itemOf(of(index), phone));
			const rows = (await callWebhook(world.n8n, 'customers', items)) as IDataObject[];

			expect(rows.map(({ phoneNumber, exists }) => [phoneNumber, exists])).toEqual(
				even.map((phone, index) => [phone, of(index) === 0]),
			);
			// On a busy machine a call can arrive so late that it is answered 429 and asked again.
			const calls = customers.calls().filter((call) => call.status !== 429);
			expect(calls.map((call) => call.status)).toEqual(items.map(() => 200));
			const ofB = calls.findIndex(({ idInstance }) => idInstance === CUSTOMERS[1].idInstance);
			expect(ofB).toBeLessThan(20);
		},
	);

	test('an item without a token fails alone', async () => {
		const [good, bad] = [itemOf(0, '79876543210'), { ...itemOf(0, '79876543212'), token: '' }];

		expect(await callWebhook(world.n8n, 'customers', [bad, good])).toMatchObject([
			{ exists: null, error: { code: 'wrongInstance', asked: false } },
			{ exists: true },
		]);
	});
});

const ITEMS = phones(2).map((phone) => ({ phone }));

/** The latest execution, retried as the executions list does it. */
async function retryOf(workflowId: string) {
	const { status } = await ended(world.n8n, { newestOf: workflowId });
	const [id] = await executionsOf(world.n8n, workflowId);
	const calls = world.simulator.calls().length;
	await world.n8n.rest('POST', `/rest/executions/${id}/retry`, { loadWorkflow: false });
	const retried = await ended(world.n8n, { newestOf: workflowId });
	expect((await executionsOf(world.n8n, workflowId))[0]).not.toBe(id);
	return { status, retried, calls: world.simulator.calls().length - calls };
}

describe('"Retry execution"', () => {
	test.each<[string, string, InstanceChanges]>([
		['a used-up quota', 'stop', { faults: [{ status: 466, body: '{"used":1,"total":1}' }] }],
		['a wrong token', 'stop', { faults: [{ status: 401 }] }],
		['Max Calls', 'capped', { faults: [{ calls: [2], status: 503 }] }],
	])('after %s asks again', async (_title, id, problem) => {
		await whileBroken(world, problem, async () => await callWebhook(world.n8n, id, ITEMS));
		const { status, retried, calls } = await retryOf(id);

		expect([status, retried.status, calls]).toEqual(['error', 'success', 2]);
		expect(rowsOf(retried, LOOKUP).map(({ exists }) => exists)).toEqual([true, false]);
	});
});

describe('On Error: Stop Workflow', () => {
	test.each<[string, InstanceChanges, string[], RegExp, RegExp, boolean]>([
		[
			'a bad number',
			{},
			['79876543210', '8 987'],
			/^"8 987"/,
			/Fill in|Choose Default Country/,
			true,
		],
		[
			'a wrong token',
			{ faults: [{ status: 401 }] },
			phones(3),
			/does not accept the API Token/,
			/^Copy apiTokenInstance/,
			false,
		],
		[
			'a connection that breaks',
			{ faults: [{ connection: 'reset' }] },
			phones(3),
			/could not be reached/,
			/^Check API URL/,
			false,
		],
	])(
		'%s: n8n stores what happened and what to do',
		async (_title, problem, values, message, description, isOfOne) => {
			const items = values.map((phone) => ({ phone }));
			await whileBroken(world, problem, async () => await callWebhook(world.n8n, 'stop', items));
			const { status, resultData } = await ended(world.n8n, { newestOf: 'stop' });
			const error = resultData.error as Error & { description?: string };

			expect(status).toBe('error');
			expect(error.message).toMatch(message);
			expect(error.message).not.toMatch(/item \d of|On Error/);
			expect(error.description).toMatch(description);
			expect(/This is item 2 of the list.*error output/.test(error.description ?? '')).toBe(
				isOfOne,
			);
		},
	);
});

interface Affected {
	readonly ruleId: string;
	readonly affectedWorkflows: ReadonlyArray<{ readonly id: string }>;
}

test('n8n 3 would break none of the examples', async () => {
	const get = async (path: string) =>
		((await world.n8n.rest('GET', `/rest/breaking-changes/report${path}`)).body as IDataObject)
			.data;
	const { report } = (await get('?version=v3')) as { report: { workflowResults: Affected[] } };
	const affected = [];
	for (const { ruleId } of report.workflowResults) {
		affected.push(...((await get(`/${ruleId}`)) as unknown as Affected).affectedWorkflows);
	}

	// The report looks at these workflows: it finds the one that is here to be found.
	expect(affected.map(({ id }) => id)).toEqual([OUTDATED.id]);
});
