import { Agent, request } from 'node:http';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { MemoryServices } from '../../support/gateway/memory-services.ts';

/** What inputs create stays in memory: after so many the services begin empty. */
const fresh = 4_000;
const answerMs = 10_000;

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: Uint8Array;
}

/** The real gateway on the product's services, SQLite in memory, visited by an administrator. */
export class FuzzedGateway implements AsyncDisposable {
  #gateway: Gateway | undefined;
  #services: MemoryServices | undefined;
  #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #served = 0;

  /** Where it listens; another place after some thousand calls. */
  async address(): Promise<string> {
    this.#served += 1;
    if (this.#gateway !== undefined && this.#served % fresh !== 0) return this.#gateway.address;
    await this.#end();
    this.#services = new MemoryServices();
    this.#gateway = await createGateway({
      host: '127.0.0.1',
      port: 0,
      openOnLoopback: true,
      services: this.#services,
      access: new FakeAccess(),
      version: '0.0.0',
    });
    return this.#gateway.address;
  }

  /** @returns the answer's status @throws Error for a 500, an answer without a code, and none in time */
  async send({ method, path, type, body }: Sent): Promise<number> {
    const address = await this.address();
    const { status, text } = await new Promise<{ status: number; text: string }>(
      (resolve, reject) => {
        const asked = request(
          address + path,
          {
            method,
            agent: this.#agent,
            headers: { 'content-type': type, 'content-length': body.length },
          },
          (answer) => {
            const parts: Buffer[] = [];
            answer.on('data', (part: Buffer) => parts.push(part));
            answer.on('error', reject);
            answer.on('end', () =>
              resolve({
                status: answer.statusCode ?? 0,
                text: Buffer.concat(parts).toString('latin1'),
              }),
            );
          },
        );
        asked.setTimeout(answerMs, () =>
          asked.destroy(new Error(`no answer to ${method} ${path}`)),
        );
        asked.on('error', reject);
        asked.end(body);
      },
    );
    const coded = !path.startsWith('/api/') || /"code"/.test(text);
    if (status === 500 || (status >= 400 && !coded)) {
      throw new Error(`${status} to ${method} ${path.split('?')[0]}: ${text.slice(0, 120)}`);
    }
    return status;
  }

  async #end(): Promise<void> {
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await this.#gateway?.close();
    this.#gateway = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}
