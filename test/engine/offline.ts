/** For test files in which no socket may be opened: every request must be expected with nock. */

import nock from 'nock';

/** Call it at the top of the file. What was expected and not called fails the test. */
export function useNoNetwork(): void {
	beforeAll(() => {
		if (!nock.isActive()) nock.activate();
		nock.disableNetConnect();
	});

	afterEach(() => {
		const pending = nock.pendingMocks();
		nock.cleanAll();
		expect(pending).toEqual([]);
	});

	// nock changes Node's own http module, which the next test file in this process shares.
	afterAll(() => {
		nock.enableNetConnect();
		nock.restore();
	});
}
