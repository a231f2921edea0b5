/**
 * A credential whose fields are expressions of the item: one workflow for many customers, or one list
 * over several instances. Each item is asked through the instance that its own fields name.
 */

import type { IDataObject } from 'n8n-workflow';

import type { Call } from '../../simulator/server';
import { instanceOf, type InstanceChanges } from '../../simulator/instance';
import {
	codesOf,
	ENTRY_POINTS,
	errorOf,
	lookUp,
	phones,
	startService,
	UNLIMITED,
	type Lookup,
	type Service,
} from './lookUp';

const CUSTOMERS = ['7103000001', '7103000002', '7103000003'];
const tokenOf = (idInstance: string) => `token-of-${idInstance}`;

/** Credential fields that each item brings along. */
const OF_ITEM = { idInstance: '={{ $json.id }}', apiTokenInstance: '={{ $json.token }}' };

/** Three WhatsApp instances: no account on the second one, even numbers exist on the others. */
async function customers(
	common: InstanceChanges = { ratePerSecond: UNLIMITED },
	ofFirst: InstanceChanges = {},
): Promise<Service> {
	const [first, second, third] = CUSTOMERS.map((idInstance, index) => ({
		...instanceOf('whatsapp', {
			...common,
			unlisted: index === 1 ? 'none' : 'even',
			...(index === 0 && ofFirst),
		}),
		idInstance,
		apiTokenInstance: tokenOf(idInstance),
	}));
	if (!first || !second || !third) throw new Error('There are three customers');
	return await startService(first, second, third);
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

test('each instance has the limit of its own: three take a third of the time', async () => {
	const limited = { ratePerSecond: { check: 10, contact: 1, account: 1 } };
	const service = await customers(limited);
	const { calls } = await lookUpFor(service, inTurn(90));

	const rates = CUSTOMERS.map((idInstance) => service.simulator.highestRate({ idInstance }));
	expect(rates).toEqual([10, 10, 10]);
	expect((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)).toBeLessThan(3100);
});

test('an instance whose items come last in the list is asked from the beginning', async () => {
	const limited = { ratePerSecond: { check: 10, contact: 1, account: 1 } };
	const items = phones(300).map((phone, index) => itemOf(index < 250 ? 0 : 2, phone));
	const { calls } = await lookUpFor(await customers(limited), items);

	const [first, last] = [0, 2].map((customer) =>
		calls.find(({ idInstance }) => idInstance === CUSTOMERS[customer]),
	);
	expect(Math.abs((first?.at ?? 0) - (last?.at ?? Infinity))).toBeLessThan(1000);
});

test('a list that is divided into parts by $itemIndex is asked through both instances', async () => {
	const [first, second] = CUSTOMERS;
	const half = (one = '', other = '') =>
		`={{ Math.floor($itemIndex / 3) % 2 ? '${other}' : '${one}' }}`;
	const { calls } = await lookUp({
		service: await customers(),
		values: phones(10),
		credential: {
			idInstance: half(first, second),
			apiTokenInstance: half(tokenOf(first ?? ''), tokenOf(second ?? '')),
		},
	});

	expect([0, 1].map((customer) => askedOf(calls, customer).length)).toEqual([6, 4]);
});

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
	const service = await customers({ ratePerSecond: UNLIMITED }, ofFirst);
	const { rows, calls } = await lookUpFor(service, inTurn(30));

	const expected = rows.map((_, index) => (index % 3 === 0 ? code : undefined));
	expect(codesOf(rows)).toEqual(expected);
	expect(askedOf(calls, 1)).toHaveLength(10);
});

test('Max Calls is one cap over all instances', async () => {
	const options = { maxCalls: 7 };
	const { rows, calls } = await lookUpFor(await customers(), inTurn(30), { options });

	expect(calls).toHaveLength(7);
	expect(codesOf(rows).filter((code) => code === 'callLimit')).toHaveLength(23);
});

describe.each(ENTRY_POINTS)(
	'a credential that cannot be resolved for one item, %s',
	(entryPoint) => {
		const TOKEN_OR_ERROR = '={{ $json.token ? $json.token : $("Nobody").item.json.token }}';
		const credential = { ...OF_ITEM, apiTokenInstance: TOKEN_OR_ERROR };
		const good = [itemOf(0, '79876543210'), itemOf(1, '79876543212'), itemOf(2, '79876543214')];
		const bad = { ...itemOf(0, '79876543216'), token: null };

		test.each([
			['with an empty field', OF_ITEM, /API Token is empty/],
			[
				'with an expression that fails',
				credential,
				/credential of this node could not be read: \w/,
			],
		])('%s: that item fails and says so', async (_title, fields, message) => {
			const items = [good[0], bad, ...good.slice(1)] as IDataObject[];
			const given = { credential: fields, entryPoint };
			const { rows } = await lookUpFor(await customers(), items, given);

			expect(codesOf(rows)).toEqual([undefined, 'wrongInstance', undefined, undefined]);
			expect(errorOf(rows[1])).toMatchObject({
				asked: false,
				message: expect.stringMatching(message),
			});
		});

		test('the first item of the list fails alone, too', async () => {
			const given = { entryPoint };
			const { rows } = await lookUpFor(await customers(), [bad, ...good], given);

			expect(codesOf(rows)).toEqual(['wrongInstance', undefined, undefined, undefined]);
		});
	},
);

test.each([
	['the position of the item', `={{ ${JSON.stringify(CUSTOMERS)}[$itemIndex % 2] }}`],
	['the position in thirds', `={{ ${JSON.stringify(CUSTOMERS)}[$itemIndex % 3] }}`],
	['a field that the first item has not', `={{ $json?.other ?? "${CUSTOMERS[0]}" }}`],
])('an instance by %s is that of each item', async (_title, idInstance) => {
	const other = (index: number) => (index > 0 ? { other: CUSTOMERS[index % 3] } : {});
	const items = phones(12).map((value, index) => ({ value, ...other(index) }));
	const credential = {
		idInstance,
		apiTokenInstance: `={{ "token-of-" + (${idInstance.slice(4, -3)}) }}`,
	};
	const { calls } = await lookUpFor(await customers(), items, { credential });

	expect(new Set(calls.map((call) => call.idInstance)).size).toBeGreaterThan(1);
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
