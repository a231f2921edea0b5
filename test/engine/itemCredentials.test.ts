/**
 * A credential whose fields are expressions of the item: one workflow for many customers, or one list
 * over several instances. Each item is asked through the instance that its own fields name.
 */

import type { IDataObject } from 'n8n-workflow';

import type { InstanceChanges } from '../../simulator/instance';
import type { Call } from '../../simulator/server';
import {
	codesOf,
	ENTRY_POINTS,
	errorOf,
	lookUp,
	phones,
	startService,
	unlimited,
	type Lookup,
	type Service,
} from './lookUp';

const CUSTOMERS = ['7103000001', '7103000002', '7103000003'];
const tokenOf = (idInstance: string) => `token-of-${idInstance}`;

/** Credential fields that each item brings along. */
const OF_ITEM = { idInstance: '={{ $json.id }}', apiTokenInstance: '={{ $json.token }}' };

/** Three WhatsApp instances: no account on the second one, even numbers exist on the others. */
async function customers(ofFirst: InstanceChanges = {}): Promise<Service> {
	const instances = CUSTOMERS.map((idInstance, index) => ({
		...unlimited('whatsapp', index === 0 ? ofFirst : {}),
		...(index === 1 && { unlisted: 'none' as const }),
		idInstance,
		apiTokenInstance: tokenOf(idInstance),
	}));
	return await startService(...instances);
}

const itemOf = (customer: number, value: string): IDataObject => ({
	value,
	id: CUSTOMERS[customer],
	token: tokenOf(CUSTOMERS[customer] ?? ''),
});

/** Numbers of the customers in turn: A, B, C, A, B, C … */
const inTurn = (count: number) => phones(count).map((phone, index) => itemOf(index % 3, phone));

async function lookUpFor(service: Service, items: readonly IDataObject[], lookup: Lookup = {}) {
	return await lookUp({ service, items, credential: OF_ITEM, ...lookup });
}

/** What was asked about, by instance. */
function askedOf(calls: readonly Call[], customer: number): string[] {
	return calls
		.filter(({ idInstance }) => idInstance === CUSTOMERS[customer])
		.map(({ text }) => /\d+/.exec(text)?.[0] ?? '');
}

test.each(ENTRY_POINTS)(
	'through %s each item is asked through its own instance, and its row is in its place',
	async (entryPoint) => {
		const items = inTurn(12);
		const { items: rows, calls } = await lookUpFor(await customers(), items, { entryPoint });

		expect(rows.map(({ json, pairedItem }) => [json.phoneNumber, pairedItem])).toEqual(
			items.map(({ value }, item) => [value, { item }]),
		);
		const exists = ({ value, id }: IDataObject) => id !== CUSTOMERS[1] && Number(value) % 2 === 0;
		expect(rows.map(({ json }) => json.exists)).toEqual(items.map(exists));
		for (const [customer, id] of CUSTOMERS.entries()) {
			const own = items.filter((item) => item.id === id).map(({ value }) => value);
			expect(askedOf(calls, customer).sort()).toEqual(own);
		}
	},
);

test('the same number costs one call on each instance', async () => {
	const items = [0, 1, 0, 1, 2, 0].map((customer) => itemOf(customer, '79876543210'));
	const { rows, calls } = await lookUpFor(await customers(), items);

	expect(rows.map(({ exists }) => exists)).toEqual([true, false, true, false, true, true]);
	expect(calls).toHaveLength(3);
});

test.each([
	['a used-up quota', { quota: { used: 30_000, total: 30_000 } }, 'quotaExceeded'],
	['an instance that is not linked', { state: 'notAuthorized' }, 'notAuthorized'],
	['a wrong token', { faults: [{ status: 401 }] }, 'unauthorized'],
])('%s ends the items of its customer only', async (_title, ofFirst, code) => {
	const { rows, calls } = await lookUpFor(await customers(ofFirst), inTurn(30));

	const expected = rows.map((_, index) => (index % 3 === 0 ? code : undefined));
	expect(codesOf(rows)).toEqual(expected);
	expect(askedOf(calls, 1)).toHaveLength(10);
});

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	const FAILING = '={{ $json.token ? $json.token : $("Nobody").item.json.token }}';
	const bad = { ...itemOf(0, '79876543216'), token: null };

	test.each<[string, string, number, RegExp]>([
		['an item with an empty field', OF_ITEM.apiTokenInstance, 1, /API Token is empty/],
		['the first item', OF_ITEM.apiTokenInstance, 0, /API Token is empty/],
		['an item whose expression fails', FAILING, 1, /credential of this node could not be read: \w/],
	])('%s fails alone, and says so', async (_title, apiTokenInstance, position, message) => {
		const items: IDataObject[] = inTurn(3);
		items.splice(position, 0, bad);
		const credential = { ...OF_ITEM, apiTokenInstance };
		const { rows } = await lookUpFor(await customers(), items, { credential, entryPoint });

		expect(rows.map(({ error }) => error !== undefined)).toEqual(items.map((item) => item === bad));
		expect(errorOf(rows[position])).toMatchObject({
			code: 'wrongInstance',
			asked: false,
			message: expect.stringMatching(message) as unknown,
		});
	});
});

test.each([
	['the position of the item', '$itemIndex % 2'],
	['the position in thirds', '$itemIndex % 3'],
	['the part of the list', 'Math.floor($itemIndex / 3) % 2'],
	['a field that the first item has not', '$json.customer ?? 0'],
])('an instance by %s is that of each item', async (_title, customer) => {
	const items = phones(12).map((value, index) => ({
		value,
		...(index > 0 && { customer: index % 3 }),
	}));
	const id = `${JSON.stringify(CUSTOMERS)}[${customer}]`;
	const credential = {
		idInstance: `={{ ${id} }}`,
		apiTokenInstance: `={{ "token-of-" + ${id} }}`,
	};
	const { calls } = await lookUpFor(await customers(), items, { credential });

	expect(new Set(calls.map(({ idInstance }) => idInstance)).size).toBeGreaterThan(1);
	expect(calls.map(({ status }) => status)).toEqual(items.map(() => 200));
});

test.each([
	['a list', 40, 2],
	['a single item', 1, 1],
])(
	'for %s a credential without expressions is read once or twice',
	async (_title, count, reads) => {
		const { rows, credentialReads } = await lookUp({ values: phones(count) });

		expect(rows).toHaveLength(count);
		expect(credentialReads).toBe(reads);
	},
);

test('an instance whose items come last in the list is asked from the beginning', async () => {
	const limited = { ratePerSecond: { check: 10, contact: 1, account: 1 } };
	const items = phones(300).map((phone, index) => itemOf(index < 250 ? 0 : 2, phone));
	const { calls } = await lookUpFor(await customers(limited), items);

	const [first, last] = [0, 2].map((customer) =>
		calls.find(({ idInstance }) => idInstance === CUSTOMERS[customer]),
	);
	expect(Math.abs((first?.at ?? 0) - (last?.at ?? Infinity))).toBeLessThan(1000);
});
