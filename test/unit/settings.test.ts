/** Any value in any setting: it is used as it is meant, or refused by name; nothing becomes "no limit". */

import {
	FORCE,
	RATE_SHARE,
	readSetting,
	readSettings,
	type NodeSettings,
} from '../../nodes/GreenApiLookup/adapters/settings';
import type { Failure } from '../../nodes/GreenApiLookup/lookup/answers/failures';

interface Expected {
	/** As the editor shows it. */
	readonly name: string;
	/** What a value must be, in words. */
	readonly range: string;
	readonly of: (settings: NodeSettings) => unknown;
	readonly fallback: unknown;
	/** Values, and what they are read as. */
	readonly good: ReadonlyArray<readonly [given: unknown, read: unknown]>;
}

function switchOf(name: string, of: Expected['of'], fallback: boolean): Expected {
	const good = [
		[true, true],
		[false, false],
		['true', true],
		[' False ', false],
	] as const;
	return { name, range: 'true or false', of, fallback, good };
}

/** What each setting of a run takes. */
const SETTINGS: Readonly<Record<string, Expected>> = {
	simplify: switchOf('Simplify', ({ simplify }) => simplify, true),
	'options.includeInputFields': switchOf(
		'Include Input Fields',
		({ includeInputFields }) => includeInputFields,
		false,
	),
	'options.maxCalls': {
		name: 'Max Calls',
		range: 'a whole number from 0',
		of: ({ maxCalls }) => maxCalls,
		fallback: 0,
		good: [
			[0, 0],
			[1, 1],
			['700', 700],
		],
	},
	'options.maxWait': {
		name: 'Max Wait',
		range: 'from 0.001 to 86400',
		of: ({ maxWaitMs }) => maxWaitMs,
		fallback: 300_000,
		good: [
			[0.5, 500],
			['30', 30_000],
		],
	},
	'options.checksPerMinute': {
		name: 'Checks per Minute',
		range: 'from 0 to 60000',
		of: ({ checksPerMinute }) => checksPerMinute,
		fallback: 0,
		good: [
			[0, 0],
			[0.5, 0.5],
			['20', 20],
		],
	},
	'options.dryRun': switchOf('Dry Run', ({ dryRun }) => dryRun, false),
	'options.includeContactInfo': switchOf(
		'Include Contact Info',
		({ includeContactInfo }) => includeContactInfo,
		false,
	),
	'options.reuseAnswers': {
		name: 'Reuse Answers (Hours)',
		range: 'from 0 to 720',
		of: ({ reuseMs }) => reuseMs,
		fallback: 0,
		good: [
			[24, 86_400_000],
			['0.5', 1_800_000],
		],
	},
	'requestOptions.timeout': {
		name: 'Timeout',
		range: 'from 1 to 3600000',
		of: ({ timeoutMs }) => timeoutMs,
		fallback: 60_000,
		good: [
			[5000, 5000],
			['5000', 5000],
		],
	},
	'requestOptions.allowUnauthorizedCerts': switchOf(
		'Ignore SSL Issues',
		({ http }) => http.skipSslCertificateValidation,
		false,
	),
	'requestOptions.proxy': {
		name: 'Proxy',
		range: 'a URL with scheme, host and port',
		of: ({ http }) => http.proxy,
		fallback: undefined,
		good: [
			['', undefined],
			['http://127.0.0.1:3128', { host: '127.0.0.1', port: 3128, protocol: 'http' }],
			[
				'https://anna:p%40ss@proxy.example',
				{
					host: 'proxy.example',
					port: 443,
					protocol: 'https',
					auth: { username: 'anna', password: 'p@ss' },
				},
			],
		],
	},
	'requestOptions.batching.batch.batchSize': {
		name: 'Items per Batch',
		range: 'a whole number from -1',
		of: ({ batching }) => batching.batchSize,
		fallback: -1,
		good: [
			[-1, -1],
			[0, 1],
			['50', 50],
		],
	},
	'requestOptions.batching.batch.batchInterval': {
		name: 'Batch Interval',
		range: 'from 0 to 86400000',
		of: ({ batching }) => batching.batchInterval,
		fallback: 0,
		good: [
			[0, 0],
			[1000, 1000],
		],
	},
};

const UNUSABLE: readonly unknown[] = [
	...['soon', '', ' ', '5 s', 'Infinity'],
	...[null, -5, 1e300, Number.NaN, {}, [7]],
];

/** The settings of a run in which one is given. */
function given(path: string, read: () => unknown): NodeSettings {
	return readSettings((other) => (other === path ? read() : undefined), 'checkAccount');
}

function expectRefused({ code, message, advice, asked }: Failure, name: string, range: string) {
	expect({ code, asked }).toEqual({ code: 'invalidSettings', asked: false });
	expect(message).toMatch(new RegExp(`^${name.replaceAll(/[()]/g, '\\$&')} is set to ".*"\\.$`));
	expect(advice).toContain(range);
}

test('every setting of a run is in the table', () => {
	const paths: string[] = [];
	readSettings((path) => void paths.push(path), 'checkAccount');

	expect(paths.sort()).toEqual(Object.keys(SETTINGS).sort());
});

describe.each(Object.entries(SETTINGS))('%s', (path, { name, range, of, fallback, good }) => {
	test('has its default where it is not set', () => {
		const settings = given(path, () => undefined);

		expect([settings.failure, of(settings)]).toEqual([undefined, fallback]);
	});

	test.each(good)('%j is %j', (value, read) => {
		const settings = given(path, () => value);

		expect([settings.failure, of(settings)]).toEqual([undefined, read]);
	});

	const unusable = UNUSABLE.filter((value) => !good.some(([usable]) => usable === value));
	test.each(unusable.map((value) => [value]))(
		'%p is refused: its name, value and range',
		(value) => {
			expectRefused(given(path, () => value).failure as Failure, name, range);
		},
	);

	test('an expression that fails is told with its reason', () => {
		const { failure } = given(path, () => {
			throw new Error('no such node');
		});

		expect(failure).toMatchObject({
			code: 'invalidSettings',
			message: `${name} cannot be read: no such node.`,
			advice: 'Correct its expression.',
		});
	});
});

test('a fraction of a call or of an item is refused', () => {
	for (const path of ['options.maxCalls', 'requestOptions.batching.batch.batchSize']) {
		expect(given(path, () => 1.5).failure).toMatchObject({ code: 'invalidSettings' });
	}
});

test.each([
	...['my proxy', 'proxy.local:3128', 'localhost:3128', '127.0.0.1:3128', 'ftp://127.0.0.1'],
	...['http://', 'http://a:b@', 'http://%41:%@h', 'http://u:%E0%A4%A@proxy', 7],
])('%j is no proxy', (proxy) => {
	expect(given('requestOptions.proxy', () => proxy).failure).toMatchObject({
		code: 'invalidSettings',
	});
});

describe('settings of an item', () => {
	test.each(UNUSABLE.map((value) => [value]))('Force and Rate Share: %p is refused', (value) => {
		expectRefused(readSetting(FORCE, () => value) as Failure, 'Force', 'true or false');
		expectRefused(readSetting(RATE_SHARE, () => value) as Failure, 'Rate Share', 'from 1 to 100');
	});

	test.each([
		[undefined, 100],
		[1, 1],
		['50', 50],
	])('a Rate Share of %j is %j percent', (value, share) => {
		expect(readSetting(RATE_SHARE, () => value)).toBe(share);
	});
});

test('the password of a proxy that cannot be used is not shown', () => {
	const { failure } = given('requestOptions.proxy', () => 'socks5://user:S3cret@10.0.0.1:1080');

	expect(failure?.message).toBe('Proxy is set to "socks5://***@10.0.0.1:1080".');
});
