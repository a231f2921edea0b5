/** A web server on loopback in the place of a CRM or a chat: it records what it is sent. */

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RecordedRequest {
	readonly method: string;
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	/** Read from JSON; undefined where there is none. */
	readonly body: unknown;
}

/** Starts one; close it when done. */
export async function startRecorder(): Promise<Recorder> {
	const recorder = new Recorder();
	await recorder.listen();
	return recorder;
}

export class Recorder {
	/** In the order in which they came, those that it refused too. */
	readonly requests: RecordedRequest[] = [];
	/** HTTP status of its answers. */
	status = 200;
	/** What a GET is answered with. */
	answer: object = {};

	private readonly server: Server = createServer((request, response) => {
		void text(request).then((body) => {
			const { method = '', url: path = '', headers } = request;
			this.requests.push({
				method,
				path,
				headers,
				body: body === '' ? undefined : JSON.parse(body),
			});
			response
				.writeHead(this.status, { 'content-type': 'application/json' })
				.end(JSON.stringify(method === 'GET' ? this.answer : {}));
		});
	});

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	async listen(): Promise<void> {
		this.server.listen(0, '127.0.0.1');
		await once(this.server, 'listening');
	}

	async close(): Promise<void> {
		this.server.close();
		this.server.closeAllConnections();
		await once(this.server, 'close');
	}

	/** The bodies that it was sent. */
	get bodies(): unknown[] {
		return this.requests.map(({ body }) => body).filter((body) => body !== undefined);
	}

	/** Forgets the requests, and answers 200 again. */
	reset(): void {
		this.requests.length = 0;
		this.status = 200;
	}
}
