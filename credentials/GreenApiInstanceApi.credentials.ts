import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { fillPath, parseInstance } from '../nodes/GreenApiLookup/lookup/calls/instance';

const CONSOLE = 'the GREEN-API console';
const RIGHT = 'The credential is right, but';

// What an answer of the connection test means; HOST is the host that was asked.
const TOO_OFTEN = 'This instance is being asked too often right now. Try again in a few seconds';
const REDIRECT = `HOST answers with a redirect, which is not followed because the token would go along. Copy API URL from ${CONSOLE}`;
const OUTAGE = 'GREEN-API is not available at HOST at the moment. Try again in a few minutes';
const WRONG_TOKEN = `GREEN-API at HOST does not accept this token. Copy apiTokenInstance of this instance from ${CONSOLE} into API Token`;
const NO_INSTANCE = `There is no such GREEN-API instance at HOST. Check Instance ID and API URL against ${CONSOLE}; for a MAX instance add /v3 to the end of API URL, for others leave it out`;

const BY_STATUS: ReadonlyArray<readonly [status: number, message: string]> = [
	[429, TOO_OFTEN],
	...[301, 302, 303, 307, 308].map((status) => [status, REDIRECT] as const),
	...[500, 502, 503, 504].map((status) => [status, OUTAGE] as const),
];

const BY_STATE: Readonly<Record<string, string>> = {
	notAuthorized: `${RIGHT} no messenger account is linked to this instance. Link one in ${CONSOLE} (QR code or phone number), then test again`,
	pendingPassword: `${RIGHT} the account is waiting for its two-step password. Enter it in ${CONSOLE}, then test again`,
	blocked: `${RIGHT} the messenger has blocked this instance's account. Use another account or instance`,
	starting: `${RIGHT} the instance is starting. Test again in up to 5 minutes`,
};

/**
 * Told the host that a request goes to. n8n passes a function through to `authenticate` unchanged, and
 * leaves it out of what it sends to the editor.
 */
interface TestOptions {
	readonly onHost?: (host: string) => void;
}

/**
 * One connection test: n8n makes one request, and calls none of our code but `authenticate`. It reads
 * a rule's message only when the answer is there, and resolves no expression in it: hence the getter.
 * Only API URL tells the messenger: with /v3 the test asks as MAX is asked, else as the others are.
 */
function connectionTest(): ICredentialTestRequest {
	let host = 'this address';
	const rule = (type: string, when: object, message: string) => {
		const properties = {
			...when,
			get message() {
				return message.replace('HOST', () => host);
			},
		};
		return { type, properties };
	};
	const field = (key: string, value: unknown, message: string) =>
		rule('responseSuccessBody', { key, value }, message);
	const request: ICredentialTestRequest['request'] & TestOptions = {
		baseURL: '={{$credentials.apiUrl}}',
		url: '={{ /\\/v3\\/*\\s*$/i.test($credentials.apiUrl) ? "/v3" : "" }}/waInstance{idInstance}/getStateInstance/{apiTokenInstance}',
		disableFollowRedirect: true,
		// A 401 that n8n takes for an error is asked a second time at once, and that call is over
		// GREEN-API's limit of one a second: the user would read about limits, not about the token.
		ignoreHttpStatusErrors: { ignore: true, except: BY_STATUS.map(([status]) => status) },
		onHost: (asked) => {
			host = asked;
		},
	};
	const rules = [
		...BY_STATUS.map(([value, message]) => rule('responseCode', { value }, message)),
		// The body of a 401 is empty.
		field('length', 0, WRONG_TOKEN),
		// A 403, a 404, or a page of some other host.
		field('stateInstance', undefined, NO_INSTANCE),
		...Object.entries(BY_STATE).map(([state, message]) => field('stateInstance', state, message)),
	];
	// The type allows rules of one kind only; n8n reads every rule by its own `type`.
	return { request, rules: rules as ICredentialTestRequest['rules'] };
}

/** One GREEN-API instance: its fields, its connection test, and how a request is signed. */
export class GreenApiInstanceApi implements ICredentialType {
	name = 'greenApiInstanceApi';

	displayName = 'GREEN-API Instance API';

	icon = {
		light: 'file:../nodes/GreenApiLookup/greenApiLookup.svg',
		dark: 'file:../nodes/GreenApiLookup/greenApiLookup.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/green-api-lookup/n8n-nodes-green-api-lookup#set-up-the-credential';

	// Requests go to the host of API URL only: a second list of hosts would only be one more question.
	hideDomainRestrictionFields = true;

	properties: INodeProperties[] = [
		{
			displayName: 'API URL',
			name: 'apiUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://7103.api.greenapi.com',
			required: true,
			description:
				'The instance\'s apiUrl in the <a href="https://console.green-api.com" target="_blank">GREEN-API console</a>. For a MAX instance it ends with /v3: add that where it is missing, so that the connection test finds the instance.',
		},
		{
			displayName: 'Instance ID',
			name: 'idInstance',
			type: 'string',
			default: '',
			placeholder: 'e.g. 7103000000',
			required: true,
			description: "The instance's idInstance in the GREEN-API console: digits only",
		},
		{
			displayName: 'API Token',
			name: 'apiTokenInstance',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: "The instance's apiTokenInstance in the GREEN-API console",
		},
		{
			displayName: 'Rate Share',
			name: 'rateShare',
			type: 'number',
			default: 100,
			typeOptions: { minValue: 1, maxValue: 100, numberPrecision: 0 },
			description:
				"Percentage of the instance's calls per second that one n8n process may use. Leave it at 100 if this n8n alone uses the instance; with several workers or other programs, use 100 divided by their number.",
		},
	];

	/**
	 * A new one whenever it is read, which n8n does once for each connection test. A property of its
	 * own, and no getter of the class, which n8n's JSON for the editor would lack.
	 */
	declare readonly test: ICredentialTestRequest;

	constructor() {
		Object.defineProperty(this, 'test', { enumerable: true, get: connectionTest });
	}

	/**
	 * Puts the instance's id and token into the path. n8n calls this a second time, on the options
	 * that it returned, after a 401: a filled path is left as it is.
	 * @throws Error naming the field to correct, or refusing to send the token anywhere but to API URL
	 */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		{ onHost, ...requestOptions }: IHttpRequestOptions & TestOptions,
	): Promise<IHttpRequestOptions> => {
		const instance = parseInstance(credentials);
		const { url } = requestOptions;
		// The HTTP Request node, which would store the URL with the token, sends `uri` or a whole URL.
		if (typeof url !== 'string' || !url.startsWith('/') || url.startsWith('//')) {
			throw new Error('This credential works in the GREEN-API Lookup node only');
		}
		onHost?.(new URL(instance.baseUrl).host);
		return { ...requestOptions, baseURL: instance.baseUrl, url: fillPath(url, instance) };
	};
}
