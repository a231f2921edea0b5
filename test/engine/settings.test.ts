/**
 * Every setting of the node, with values that an expression can give, through both entry points: it is
 * used as it is meant, or every item fails and names it. What is a sensible value of each is in
 * test/unit/settings.test.ts.
 */

import type { IDataObject, INodeProperties, INodePropertyCollection } from 'n8n-workflow';

import { loadNodeType, type EntryPoint } from './engine';
import { codesOf, ENTRY_POINTS, errorOf, lookUp, phones, type Lookup } from './lookUp';

const VALUES = phones(2);

/** What is chosen from lists or belongs to an item: not a setting of a run. */
const OF_ITEM = ['resource', 'operation', 'phoneNumber', 'chatId', 'options.defaultCountry'];

/** Values that no setting takes, as expressions: nothing, empty, no number, too low, too high. */
const UNUSABLE = [
	'={{ null }}',
	'={{ " " }}',
	'="soon"',
	'={{ -5 }}',
	'={{ 1e300 }}',
	'={{ NaN }}',
];

const FAILING = '={{ $("Nobody").item.json.x }}';

/** A node's parameters with one setting. */
function withSetting(path: string, value: unknown): Lookup {
	const names = path.split('.');
	const given = names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
	const { options, ...parameters } = given as IDataObject;
	return { ...(options ? { options: options as IDataObject } : {}), parameters };
}

/** Fields of the description by path, with the name that the editor shows; collections opened. */
function namesOf(fields: readonly INodeProperties[], prefix = ''): Array<[string, string]> {
	return fields.flatMap(({ name, displayName, type, options = [] }) => {
		const path = prefix + name;
		if (type === 'notice') return [];
		if (type === 'collection') return namesOf(options as INodeProperties[], `${path}.`);
		// n8n's own names end with a unit or a mark that sentences leave out.
		if (type !== 'fixedCollection') return [[path, displayName.replace(/ \((ms|Insecure)\)$/, '')]];
		return (options as INodePropertyCollection[]).flatMap((group) =>
			namesOf(group.values, `${path}.${group.name}.`),
		);
	});
}

/** Every setting of a run. */
async function settings(): Promise<ReadonlyArray<[string, string]>> {
	const { properties } = (await loadNodeType()).description;
	const names = [...new Map(namesOf(properties))].filter(([path]) => !OF_ITEM.includes(path));
	expect(names.length).toBeGreaterThan(13);
	return names;
}

/** A run of two items with one setting; no call is made for them. */
async function refused(path: string, value: string, entryPoint: EntryPoint) {
	const given = withSetting(path, value);
	const { error, rows, calls } = await lookUp({ ...given, entryPoint, values: VALUES });
	expect([value, error, calls]).toEqual([value, undefined, []]);
	return rows;
}

/** Read by n8n itself in front of its routing; it has words of its own for what it does not take. */
const OF_ROUTING = ['requestOptions.proxy', /batching/];

describe.each(ENTRY_POINTS)('through %s', (entryPoint) => {
	const isOurs = (path: string) =>
		entryPoint === 'customOperations' || !OF_ROUTING.some((name) => path.match(name));

	test('whatever is no value of a setting is refused by its name, and costs no call', async () => {
		for (const [path, name] of (await settings()).filter(([each]) => isOurs(each))) {
			for (const value of UNUSABLE) {
				const rows = await refused(path, value, entryPoint);

				const message = expect.stringContaining(`${name} is set to `) as unknown;
				const error = expect.objectContaining({ code: 'invalidSettings', asked: false, message });
				expect([path, ...rows.map(errorOf)]).toEqual([path, error, error]);
			}
		}
	});

	test('an expression that fails is told with the name of its setting, and costs no call', async () => {
		for (const [path, name] of (await settings()).filter(([each]) => isOurs(each))) {
			const lookup = { ...withSetting(path, FAILING), entryPoint, values: VALUES };
			const { rows, calls } = await lookUp(lookup);

			expect([path, ...calls]).toEqual([path]);
			// Through routing n8n evaluates all expressions before the node is called, and tells what fails.
			if (entryPoint === 'routing' || path.endsWith('allowUnauthorizedCerts')) continue;
			const message = expect.stringContaining(`${name} cannot be read: `) as unknown;
			expect(rows.map((row) => errorOf(row)?.message)).toEqual([message, message]);
		}
	});

	test.each([
		['true', /"force":true/],
		['false', /^(?!.*force)/],
	])('switches that are the text "%s" are taken as they read', async (text, body) => {
		const value = `={{ "${text}" }}`;
		const options = { force: value };
		const parameters = { simplify: value };
		const { rows, calls } = await lookUp({ entryPoint, values: VALUES, options, parameters });

		const isSimple = text === 'true';
		expect(rows.map((row) => 'messenger' in row)).toEqual([isSimple, isSimple]);
		expect(calls).toHaveLength(VALUES.length);
		for (const call of calls) expect(call.text).toMatch(body);
	});

	test('options of Check Account that are left over change nothing in another operation', async () => {
		const unusable = '={{ "soon" }}';
		const { rows, calls } = await lookUp({
			entryPoint,
			operation: 'getAccountSettings',
			values: VALUES.slice(0, 1),
			options: { dryRun: true, checksPerMinute: unusable, includeContactInfo: unusable },
		});

		expect(rows).toEqual([expect.objectContaining({ stateInstance: 'authorized' })]);
		expect(calls).toHaveLength(1);
	});

	test('a Rate Share that cannot be used fails the items of that credential only', async () => {
		const items = [
			{ value: VALUES[0], share: '50' },
			{ value: VALUES[1], share: '50%' },
		] as IDataObject[];
		const credential = { rateShare: '={{ $json.share }}' };
		const { rows, calls } = await lookUp({ entryPoint, items, credential });

		expect(codesOf(rows)).toEqual([undefined, 'invalidSettings']);
		expect(calls).toHaveLength(1);
	});
});

test('a Batch Interval is kept, which may be text', async () => {
	const requestOptions = { batching: { batch: { batchSize: 1, batchInterval: '700' } } };
	const { calls } = await lookUp({ values: phones(4), parameters: { requestOptions } });

	const gaps = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0));
	expect(gaps).toEqual([700, 700, 700]);
});
