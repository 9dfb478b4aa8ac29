import './browser-globals.ts';
import './page-modules.ts';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import type { Principal } from '../../../src/domain/principal.ts';
import { FakeAccess } from '../gateway/fake-access.ts';
import type { MemoryServices } from '../gateway/memory-services.ts';
import { makeGateway } from '../gateway/open-gateway.ts';

// After the window is there: both look for it when they are loaded.
const { h } = await import('preact');
export const { cleanup, configure, fireEvent, render, screen, waitFor, within } = await import(
  '@testing-library/preact'
);
// The whole page as text says less than the message, and a busy machine takes its time.
configure({ asyncUtilTimeout: 30_000, getElementError: (message) => new Error(message ?? '') });

export interface PageOptions {
  /** Who looks. Nobody, with a token that is not valid, where null. */
  readonly as?: Partial<Principal> | null;
  /** Called before the page asks for anything. */
  readonly prepare?: (services: MemoryServices) => void;
}

/** The page's way to the gateway's sockets. Cut, it connects to where nobody ever answers. */
class Line {
  readonly #waiting = new Set<Socket>();
  readonly #silent: Server;
  #socket: WebSocket | undefined;
  #cut = false;

  private constructor(silent: Server) {
    this.#silent = silent;
    silent.on('connection', (socket) => {
      this.#waiting.add(socket);
      socket.on('error', () => undefined);
    });
  }

  static async create(): Promise<Line> {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    return new Line(silent);
  }

  open(url: string, protocols: string[]): WebSocket {
    const { port } = this.#silent.address() as AddressInfo;
    this.#socket = new WebSocket(this.#cut ? `ws://127.0.0.1:${port}` : url, protocols);
    return this.#socket;
  }

  cut(): void {
    this.#cut = true;
    this.#socket?.close();
  }

  restore(): void {
    this.#cut = false;
    for (const socket of this.#waiting) socket.destroy();
  }

  close(): void {
    this.restore();
    this.#silent.close();
  }
}

/** The whole page at an address, before a gateway on a free port; closed with the test. */
export async function openPage(t: TestContext, hash: string, options: PageOptions = {}) {
  const { as = { role: 'admin' as const }, prepare } = options;
  const access = new FakeAccess(as === null ? { other: {} } : { token: { name: 'Anna', ...as } });
  const { gateway, services } = await makeGateway({ access, openOnLoopback: false });
  prepare?.(services);
  localStorage.clear();
  location.hash = hash;
  const { App } = await import('../../../web/src/shell/app.tsx');
  const line = await Line.create();
  const client = new NightglassClient({
    address: gateway.address,
    token: 'token',
    firstWaitMs: 5,
    longestWaitMs: 20,
    openSocket: (url, protocols) => line.open(url, protocols),
  });
  render(h(App, { client }));
  t.after(async () => {
    cleanup();
    line.close();
    await gateway.close();
  });
  return { services, client, line };
}
