/** What becomes of fields that the service leaves empty. */

import { ENDPOINTS, type Endpoint } from '../../nodes/GreenApiLookup/endpoints';
import { rowOf } from '../../nodes/GreenApiLookup/lookup/rows';

const SETTINGS = ENDPOINTS.find(({ operation }) => operation === 'getAccountSettings') as Endpoint;

test.each<[unknown, number | null]>([
	[0, 0],
	['0', 0],
	[55, 55],
	['', null],
	[null, null],
	[undefined, null],
	['soon', null],
])('a sync progress of %j is %j', (historySyncProgress, expected) => {
	const question = { endpoint: SETTINGS, value: null, force: false };
	const body = { stateInstance: 'authorized', suspendedUntil: 0, historySyncProgress };

	expect(rowOf({ question, body, at: 0 }, true)).toMatchObject({
		historySyncProgress: expected,
		suspendedUntil: null,
	});
});
