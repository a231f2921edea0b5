/**
 * The steps of an item, on a virtual clock: its number, on WhatsApp also in the other form, and then
 * its contact.
 */

import fc from 'fast-check';

import { isFailure, type Outcome } from '../../nodes/GreenApiLookup/lookup/answers/response';
import { existsIn } from '../../nodes/GreenApiLookup/lookup/answers/rows';
import type { LookupItem, RunOptions } from '../../nodes/GreenApiLookup/lookup/runOptions';
import { otherForm } from '../../nodes/GreenApiLookup/lookup/phone/numberingPlans';
import { highestCount } from '../../simulator/rollingWindow';
import { VirtualClock } from '../virtualClock';
import {
	CHECK,
	CONTACT,
	memories,
	numbers,
	Process,
	Service,
	start,
	type Scripted,
	type ServiceOptions,
} from './model';

const says = (existsWhatsapp: boolean): Scripted => ({
	status: 200,
	text: JSON.stringify({ existsWhatsapp }),
});

/** The written form of a Mexican number, and the other one. */
const mexican = (number: number, isOther = false) =>
	`52${isOther ? '1' : ''}${String(5_512_000_000 + number)}`;

function itemsOf(service: Service, values: readonly string[]): LookupItem[] {
	const { connection } = service;
	return values.map((value) => ({
		query: { endpoint: CHECK, value, force: false },
		connection,
	}));
}

const existsOf = (outcome: Outcome | undefined) =>
	outcome && !isFailure(outcome) && existsIn(outcome);

describe('both forms of a number', () => {
	test('any list: two calls at most for an account, however it is written, and no untrue "no"', async () => {
		const list = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), {
			minLength: 1,
			maxLength: 30,
		});
		// By number: registered under the short form, the long one, or not at all.
		const registered = fc.array(fc.constantFrom(false, true, undefined), {
			minLength: 10,
			maxLength: 10,
		});
		const latency = fc.integer({ min: 0, max: 3000 });
		const property = fc.asyncProperty(list, registered, latency, async (all, forms, latencyMs) => {
			const accounts = new Set(
				forms.flatMap((form, number) => (form === undefined ? [] : [mexican(number, form)])),
			);
			const script = (_call: number, value: string) => says(accounts.has(value));
			const { service, process } = start({ latencyMs, script });
			const values = all.map(([number, isOther]) => mexican(number, isOther));

			const outcomes = await process.outcomes(itemsOf(service, values));

			expect(outcomes.map(existsOf)).toEqual(all.map(([number]) => forms[number] !== undefined));
			const asked = service.arrivals.map(({ value }) => value);
			expect(new Set(asked).size).toBe(asked.length);
		});
		await fc.assert(property, { numRuns: 60 });
	});

	test('with slow answers, too, the first forms of all numbers go before the second, at the limit', async () => {
		const { clock, service, process } = start({ latencyMs: 4000, script: () => says(false) });
		const values = numbers(120).map((number) => mexican(number));
		const items = itemsOf(service, values);
		// Answers come while items are still read.
		const read = async (index: number) => {
			await clock.sleep(100);
			return items[index] as LookupItem;
		};

		await process.outcomes(items, { read });

		const asked = service.arrivals.map(({ value }) => value);
		expect(asked.slice(0, 120)).toEqual(values);
		expect(asked.slice(120).sort()).toEqual(values.map((value) => otherForm(value)).sort());
		expect(highestCount(service.arrivals.map(({ at }) => at))).toBeLessThanOrEqual(10);
	});

	test('a form that fails is the failure of its item, and the other one is not asked', async () => {
		const { service, process } = start({ script: () => ({ status: 400 }) });
		const [failed] = await process.failures(itemsOf(service, [mexican(1)]));

		expect(failed?.code).toBe('badRequest');
		expect(service.arrivals).toHaveLength(1);
	});

	test('with Stop, a form that an earlier try found refused leaves the last word to the other one', async () => {
		const refused = { status: 400, text: '{"message":"bad phone number"}' };
		const script = (_call: number, value: string) =>
			value === mexican(1, true) ? refused : says(true);
		const { service, process } = start({ script });
		const items = itemsOf(service, [mexican(1, true)]);
		const options = { stopOnFailure: true, memories: memories() };
		await process.outcomes(items, options);
		const [again] = await process.outcomes(items, options);

		expect(existsOf(again)).toBe(true);
		expect(service.arrivals).toHaveLength(2);
	});

	test('the answer is as old as its older half', async () => {
		const { clock, service, process } = start({ latencyMs: 1000, script: () => says(false) });
		const [outcome] = await process.outcomes(itemsOf(service, [mexican(1)]));

		expect(outcome).toMatchObject({ at: clock.now() - clock.monotonic() + 1000 });
	});
});

describe('contacts', () => {
	const WITH_CONTACTS = { includeContactInfo: true };
	/** The limits of WhatsApp: 10 checks and 1 contact a second. */
	const LIMITS = { contactLimit: 1 };
	const contactOf = (outcome: Outcome) => (isFailure(outcome) ? undefined : outcome.contact);

	/** 7 of 10 numbers have an account. */
	const most: ServiceOptions['script'] = (_call, value, method) =>
		method === 'checkWhatsapp' ? says(Number(value) % 10 < 7) : undefined;

	test('1,000 numbers take as long as their contacts at the limit, and no second is above it', async () => {
		const { clock, service, process } = start({ ...LIMITS, latencyMs: 200, script: most });

		const outcomes = await process.outcomes(service.items(numbers(1000)), WITH_CONTACTS);

		expect(outcomes.filter((outcome) => contactOf(outcome) !== undefined)).toHaveLength(700);
		const floorMs = 700 * 1000;
		expect(clock.monotonic() / floorMs).toBeLessThanOrEqual(1.03);
		const rates = [CHECK, CONTACT].map((endpoint) =>
			highestCount(service.callsOf(endpoint).map(({ at }) => at)),
		);
		expect(rates).toEqual([10, 1]);
		expect(service.count(429)).toBe(0);
	});

	test('checks do not wait for contacts, and contacts do not wait for the last check', async () => {
		const { service, process } = start({ ...LIMITS, script: most });
		await process.outcomes(service.items(numbers(100)), WITH_CONTACTS);

		const [checks, contacts] = [service.callsOf(CHECK), service.callsOf(CONTACT)];
		expect(checks.at(-1)?.at).toBeLessThan(11_000);
		expect(contacts[0]?.at).toBeLessThan(1000);
	});

	test('with Max Calls, contacts wait until all checks are done, second forms included', async () => {
		const script: ServiceOptions['script'] = (_call, value, method) =>
			method === 'checkWhatsapp' ? says(value.startsWith('521')) : undefined;
		const { service, process } = start({ ...LIMITS, script });
		const items = itemsOf(
			service,
			numbers(20).map((number) => mexican(number)),
		);

		const outcomes = await process.outcomes(items, { ...WITH_CONTACTS, maxCalls: 45 });

		expect(outcomes.map(existsOf)).toEqual(items.map(() => true));
		const methods = service.arrivals.map(({ method }) => method);
		expect(methods).toEqual([
			...Array<string>(40).fill('checkWhatsapp'),
			...Array<string>(5).fill('getContactInfo'),
		]);
		expect(outcomes.map(contactOf).filter((one) => one && isFailure(one))).toHaveLength(15);
	});

	test('with Max Calls, contacts of one instance do not take the checks of another', async () => {
		const clock = new VirtualClock();
		const process = new Process(clock);
		const [quick, slow] = [0, 1].map(
			(index) => new Service(clock, { latencyMs: 10 + index * 3000, idInstance: `710${index}` }),
		) as [Service, Service];
		const items = [...quick.items([0, 2, 4, 6]), ...slow.items(numbers(12))];

		const outcomes = await process.outcomes(items, { ...WITH_CONTACTS, maxCalls: 18 });

		expect(outcomes.filter((outcome) => !isFailure(outcome))).toHaveLength(16);
		expect(quick.callsOf(CONTACT).length + slow.callsOf(CONTACT).length).toBe(2);
	});

	test('a cancelled run ends at once while contacts wait, and asks no more of them', async () => {
		const { clock, service, process } = start({ ...LIMITS, latencyMs: 10 });
		const cancel = new AbortController();
		void clock.sleep(5500).then(() => cancel.abort());
		const options: Partial<RunOptions> = { ...WITH_CONTACTS, signal: cancel.signal };

		await process.run(service.items(numbers(40)), options);

		expect(clock.monotonic()).toBeLessThan(5700);
		expect(service.callsOf(CONTACT).length).toBeLessThanOrEqual(6);
		expect(service.arrivals.at(-1)?.sentAt).toBeLessThanOrEqual(5500);
	});

	test('an outage of contacts ends them after Max Wait, and takes no check along', async () => {
		const script: ServiceOptions['script'] = (_call, _value, method) =>
			method === 'getContactInfo' ? { status: 502 } : undefined;
		const { clock, service, process } = start({ ...LIMITS, script });

		const outcomes = await process.outcomes(service.items(numbers(100)), {
			...WITH_CONTACTS,
			maxWaitMs: 20_000,
		});

		expect(outcomes.map(existsOf)).toEqual(numbers(100).map((number) => number % 2 === 0));
		const codes = outcomes.flatMap((outcome) => contactOf(outcome) ?? []);
		expect(codes.every((contact) => isFailure(contact) && contact.code === 'serverError')).toBe(
			true,
		);
		expect(clock.monotonic()).toBeLessThan(30_000);
	});
});
