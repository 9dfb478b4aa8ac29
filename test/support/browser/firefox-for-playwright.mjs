#!/usr/bin/env node
/*
 * Firefox, as Playwright starts it, with WebDriver BiDi: Playwright knows commands of the protocol
 * that the Firefox of Debian does not have yet. Those that only emulate something count as done
 * here; all others go through as they are.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WebSocket, WebSocketServer } from 'ws';

const program = process.env.NIGHTGLASS_FIREFOX ?? '/usr/bin/firefox-esr';
const announced = /^WebDriver BiDi listening on (ws:\/\/.*)$/;
const optional = /^emulation\./;

const firefox = spawn(program, process.argv.slice(2), { stdio: ['ignore', 'ignore', 'pipe'] });
firefox.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
firefox.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
  process.on(signal, () => firefox.kill(signal));
process.on('exit', () => firefox.kill('SIGKILL'));

createInterface({ input: firefox.stderr }).on('line', (line) => {
  const address = announced.exec(line)?.[1];
  if (address === undefined) process.stderr.write(`${line}\n`);
  else serve(address);
});

/** @param {string} address of Firefox's own server */
function serve(address) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('listening', () => {
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}\n`);
  });
  server.on('connection', (client, { url }) => {
    const inner = new WebSocket(`${address}${url}`, { maxPayload: 2 ** 28 });
    const early = [];
    const methods = new Map();
    inner.on('open', () => {
      for (const text of early.splice(0)) inner.send(text);
    });
    client.on('message', (data) => {
      const text = data.toString();
      const { id, method } = JSON.parse(text);
      methods.set(id, method);
      if (inner.readyState === WebSocket.OPEN) inner.send(text);
      else early.push(text);
    });
    inner.on('message', (data) => client.send(answer(data.toString(), methods)));
    inner.on('close', () => client.close());
    inner.on('error', () => client.close());
    client.on('close', () => inner.close());
  });
}

/** What Firefox answers; a command that it does not have and that only emulates is done. */
function answer(text, methods) {
  const message = JSON.parse(text);
  const method = methods.get(message.id);
  methods.delete(message.id);
  const isMissing = message.type === 'error' && message.error === 'unknown command';
  if (!isMissing || !optional.test(method ?? '')) return text;
  return JSON.stringify({ type: 'success', id: message.id, result: {} });
}
