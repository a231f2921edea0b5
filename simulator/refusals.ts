/** Answers in which GREEN-API or the messenger refuses to say anything, as they were recorded. */

/** Why an instance answers nothing, by its state; `expired` and `deleted` are none of the service's. */
export const NOT_READY = 'instance is starting or not authorized';
export const BY_STATE: Readonly<Record<string, string | undefined>> = {
	starting: 'instance in starting process try later',
	expired: 'Instance account is expired. Renew your instance from personal area',
	deleted: 'Instance is deleted',
};

const LIMIT_REACHED = 'User get contact info limit reached';
const RATE_LIMIT_EXCEEDED = { status: 'fail', reason: 'rate_limit_exceeded', retryAfter: 11930619 };

/** The messenger's own limit: too many different numbers within minutes. */
export const MESSENGER_LIMITS = [
	json(469, { status: false, reason: LIMIT_REACHED }),
	json(469, { reason: LIMIT_REACHED }),
	json(200, { status: false, reason: LIMIT_REACHED }),
	json(200, { status: false, data: RATE_LIMIT_EXCEEDED }),
	json(469, { status: false, reason: 'Rate limited by messenger' }),
] as const;

export const MESSENGER_UNAVAILABLE = json(200, {
	status: false,
	reason: 'Messenger is temporarily unavailable',
});

/** The free plan's 3 chats a month are used up, and not its checks. */
export const CHATS_USED_UP = json(466, {
	invokeStatus: { method: 'checkwhatsapp', used: 1, total: 100, status: 'QUOTE_ALLOWED' },
	correspondentsStatus: { status: 'CORRESPONDENTS_QUOTE_EXCEEDED' },
});

/** 400 in GREEN-API's words; as all its error bodies it repeats the path, and with it the token. */
export const refused = (message: string) =>
	json(400, { statusCode: 400, timestamp: '', path: '{path}', message });

export const BAD_LENGTH = refused('bad phone number, valid 11 or 12 digits');
/** A failure of the moment, not of the number. */
export const CHECK_TIMEOUT = refused('check phone number timeout limit exceeded');

function json(status: number, body: object) {
	return { status, body: JSON.stringify(body) };
}
