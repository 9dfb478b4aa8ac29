import type { FuzzTarget } from './fuzz-target.ts';
import { FuzzedGateway } from './fuzzed-gateway.ts';

const boundary = 'nightglass-boundary';

function part(head: string, body: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
}

const pictures =
  part('name="note"', 'front') +
  part('name="image"; filename="a.jpg"\r\nContent-Type: image/jpeg', 'ÿØÿÙ') +
  part('name="image"; filename="../b\\0.png"', 'x'.repeat(64));
const paths = ['/api/quality', '/api/search', '/api/people'];

/** Uploads: a byte that chooses the route, then a multipart body (RFC 7578). */
export const multipart: FuzzTarget = {
  name: 'multipart',
  about: 'multipart bodies of uploads',
  seeds: async () =>
    paths.map((_, route) =>
      Buffer.concat([
        Buffer.from([route]),
        Buffer.from(`${pictures}--${boundary}--\r\n`, 'latin1'),
      ]),
    ),
  async open() {
    const gateway = new FuzzedGateway();
    return {
      async feed(input) {
        await gateway.send({
          method: 'POST',
          path: paths[(input[0] ?? 0) % paths.length] ?? '/api/quality',
          type: `multipart/form-data; boundary=${boundary}`,
          body: input.subarray(1),
        });
      },
      [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    };
  },
};
