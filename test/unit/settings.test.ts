/** Any value in any setting: it is used as it is meant, or refused; nothing becomes "no limit". */

import {
	FORCE,
	RATE_SHARE,
	readSetting,
	readSettings,
	type NodeSettings,
} from '../../nodes/GreenApiLookup/adapters/settings';

/** What a value must be in words, where the value is in the settings, and its default. */
type Setting = [expected: string, of: (settings: NodeSettings) => unknown, fallback: unknown];

const SWITCH = 'true or false';

/** What each setting of a run takes. Their names are in test/engine/settings.test.ts. */
const SETTINGS: Readonly<Record<string, Setting>> = {
	simplify: [SWITCH, ({ simplify }) => simplify, true],
	'options.includeInputFields': [SWITCH, ({ includeInputFields }) => includeInputFields, false],
	'options.maxCalls': ['a whole number from 0', ({ maxCalls }) => maxCalls, 0],
	'options.maxWait': ['from 0.001 to 86400', ({ maxWaitMs }) => maxWaitMs, 300_000],
	'options.checksPerMinute': ['from 0 to 60000', ({ checksPerMinute }) => checksPerMinute, 0],
	'options.dryRun': [SWITCH, ({ dryRun }) => dryRun, false],
	'options.includeContactInfo': [SWITCH, ({ includeContactInfo }) => includeContactInfo, false],
	'options.reuseAnswers': ['from 0 to 720', ({ reuseMs }) => reuseMs, 0],
	'requestOptions.timeout': ['from 1 to 3600000', ({ timeoutMs }) => timeoutMs, 60_000],
	'requestOptions.allowUnauthorizedCerts': [
		SWITCH,
		({ http }) => http.skipSslCertificateValidation,
		false,
	],
	'requestOptions.proxy': ['a URL with scheme, host and port', ({ http }) => http.proxy, undefined],
	'requestOptions.batching.batch.batchSize': [
		'a whole number from -1',
		({ batching }) => batching.batchSize,
		-1,
	],
	'requestOptions.batching.batch.batchInterval': [
		'from 0 to 86400000',
		({ batching }) => batching.batchInterval,
		0,
	],
};

type Good = [path: string, given: unknown, read: unknown];

const SWITCHES = Object.keys(SETTINGS).filter((path) => SETTINGS[path]?.[0] === SWITCH);

/** Values that can be used, and what they are read as. */
const GOOD: readonly Good[] = [
	...SWITCHES.map((path): Good => [path, true, true]),
	...SWITCHES.map((path): Good => [path, false, false]),
	...SWITCHES.map((path): Good => [path, 'true', true]),
	...SWITCHES.map((path): Good => [path, ' False ', false]),
	['options.maxCalls', 0, 0],
	['options.maxCalls', 1, 1],
	['options.maxCalls', '700', 700],
	['options.maxWait', 0.5, 500],
	['options.maxWait', '30', 30_000],
	['options.checksPerMinute', 0, 0],
	['options.checksPerMinute', 0.5, 0.5],
	['options.checksPerMinute', '20', 20],
	['options.reuseAnswers', 24, 86_400_000],
	['options.reuseAnswers', '0.5', 1_800_000],
	['requestOptions.timeout', 5000, 5000],
	['requestOptions.timeout', '5000', 5000],
	['requestOptions.proxy', '', undefined],
	[
		'requestOptions.proxy',
		'http://127.0.0.1:3128',
		{ host: '127.0.0.1', port: 3128, protocol: 'http' },
	],
	[
		'requestOptions.proxy',
		'https://anna:p%40ss@proxy.example',
		{
			host: 'proxy.example',
			port: 443,
			protocol: 'https',
			auth: { username: 'anna', password: 'p@ss' },
		},
	],
	['requestOptions.batching.batch.batchSize', -1, -1],
	['requestOptions.batching.batch.batchSize', 0, 1],
	['requestOptions.batching.batch.batchSize', '50', 50],
	['requestOptions.batching.batch.batchInterval', 0, 0],
	['requestOptions.batching.batch.batchInterval', 1000, 1000],
];

const UNUSABLE: readonly unknown[] = [
	...['soon', '', ' ', '5 s', 'Infinity'],
	...[null, -5, 1e300, Number.NaN, {}, [7]],
];

/** The settings of a run in which one is given. */
function given(path: string, value: unknown): NodeSettings {
	return readSettings((other) => (other === path ? value : undefined));
}

function expectRefused(failure: unknown, expected: string) {
	expect(failure).toMatchObject({
		code: 'invalidSettings',
		asked: false,
		message: expect.stringMatching(/ is set to ".*"\.$/) as unknown,
		advice: expect.stringContaining(expected) as unknown,
	});
}

test('every setting of a run is in the table', () => {
	const paths: string[] = [];
	readSettings((path) => void paths.push(path));

	expect(paths.sort()).toEqual(Object.keys(SETTINGS).sort());
});

test.each(Object.entries(SETTINGS))('%s has its default where it is not set', (path, setting) => {
	const [, of, fallback] = setting;
	const settings = given(path, undefined);

	expect([settings.failure, of(settings)]).toEqual([undefined, fallback]);
});

test.each(GOOD)('%s of %j is read as %j', (path, value, read) => {
	const [, of] = SETTINGS[path] as Setting;
	const settings = given(path, value);

	expect([settings.failure, of(settings)]).toEqual([undefined, read]);
});

describe.each(Object.entries(SETTINGS))('%s', (path, [expected]) => {
	const isGood = (value: unknown) => GOOD.some(([of, good]) => of === path && good === value);
	const unusable = UNUSABLE.filter((value) => !isGood(value));

	test.each(unusable.map((value) => [value]))('%p is refused, and what it must be', (value) => {
		expectRefused(given(path, value).failure, expected);
	});
});

test('a fraction of a call or of an item is refused', () => {
	for (const path of ['options.maxCalls', 'requestOptions.batching.batch.batchSize']) {
		expectRefused(given(path, 1.5).failure, 'a whole number');
	}
});

test.each([
	...['my proxy', 'proxy.local:3128', 'localhost:3128', '127.0.0.1:3128', 'ftp://127.0.0.1'],
	...['http://', 'http://a:b@', 'http://%41:%@h', 'http://u:%E0%A4%A@proxy', 7],
])('%j is no proxy', (proxy) => {
	expectRefused(given('requestOptions.proxy', proxy).failure, 'a URL with scheme, host and port');
});

test('an expression that fails is told with its reason', () => {
	const failure = readSetting(FORCE, () => {
		throw new Error('no such node');
	});

	expect(failure).toMatchObject({
		code: 'invalidSettings',
		message: 'Force cannot be read: no such node.',
		advice: 'Correct its expression.',
	});
});

test('the password of a proxy that cannot be used is not shown', () => {
	const { failure } = given('requestOptions.proxy', 'socks5://user:S3cret@10.0.0.1:1080');

	expect(failure?.message).toBe('Proxy is set to "socks5://***@10.0.0.1:1080".');
});

describe('settings of an item', () => {
	test.each(UNUSABLE.map((value) => [value]))('Force and Rate Share: %p is refused', (value) => {
		expectRefused(
			readSetting(FORCE, () => value),
			'true or false',
		);
		expectRefused(
			readSetting(RATE_SHARE, () => value),
			'from 1 to 100',
		);
	});

	test.each([
		[undefined, 100],
		[1, 1],
		['50', 50],
	])('a Rate Share of %j is %j percent', (value, share) => {
		expect(readSetting(RATE_SHARE, () => value)).toBe(share);
	});
});
