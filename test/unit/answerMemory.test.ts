/** What the process remembers for later executions: the latest used answers, no more than 50,000. */

import type { Answer } from '../../nodes/GreenApiLookup/lookup/answers/response';
import { ProcessState } from '../../nodes/GreenApiLookup/lookup/processState';
import { VirtualClock } from '../virtualClock';
import { CHECK } from './model';

const HOUR_MS = 3600_000;
const MOST = 50_000;

function start() {
	const clock = new VirtualClock();
	const { answers } = new ProcessState({ clock, random: () => 0.5 });
	const answer = (value = '1'): Answer => ({
		query: { endpoint: CHECK, value, force: false },
		body: {},
		at: clock.now(),
	});
	return { clock, answers, answer };
}

test('50,001 answers keep 50,000: the one that was used longest ago goes', () => {
	const { answers, answer } = start();
	for (let key = 0; key < MOST; key++) answers.set(String(key), answer());
	expect(answers.get('0', HOUR_MS)).toBeDefined();

	answers.set('one more', answer());

	expect(answers.size).toBe(MOST);
	const kept = ['0', '1', '2', 'one more'].map((key) => answers.has(key));
	expect(kept).toEqual([true, false, true, true]);
});

test('an answer is served until it is as old as the hours, and to who is more patient for longer', async () => {
	const { clock, answers, answer } = start();
	answers.set('key', answer());
	await clock.sleep(HOUR_MS);
	expect(answers.get('key', HOUR_MS)).toBeDefined();

	await clock.sleep(1);

	expect(answers.get('key', HOUR_MS)).toBeUndefined();
	expect(answers.get('key', 2 * HOUR_MS)).toBeDefined();
});

test('the age of an answer counts from when it came, however late and however often it is kept', async () => {
	const { clock, answers, answer } = start();
	const one = answer();
	await clock.sleep(HOUR_MS / 2);
	answers.set('key', one);
	await clock.sleep(HOUR_MS / 2 + 1);

	answers.set('key', one);

	expect(answers.get('key', HOUR_MS)).toBeUndefined();
});
