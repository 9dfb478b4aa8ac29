// Whether the program in this container is ready, for HEALTHCHECK: exit code 0 or 1. Its address may
// be given, e.g. https://127.0.0.1:8480/nightglass; the certificate is not held against it, for it
// names another host.
import { get as getPlain } from 'node:http';
import { get as getSecured } from 'node:https';

const address = process.argv[2] ?? process.env.NIGHTGLASS_HEALTH_ADDRESS ?? 'http://127.0.0.1:8480';
const url = new URL(`${address.replace(/\/$/, '')}/readyz`);
const get = url.protocol === 'https:' ? getSecured : getPlain;
const request = get(url, { rejectUnauthorized: false, timeout: 4000 }, (answer) => {
  answer.resume();
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
});
request.on('timeout', () => request.destroy(new Error('no answer')));
request.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
