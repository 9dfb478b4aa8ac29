import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FuzzedGateway } from '../../fuzz/targets/fuzzed-gateway.ts';

const head = 'Content-Disposition: form-data; name="image"; filename="a.jpg"';

describe('a malformed multipart body', { timeout: 60_000 }, () => {
  const cases: [string, string, string][] = [
    ['without the end', 'boundary=b', `--b\r\n${head}\r\n\r\nx`],
    ['cut off within a head', 'boundary=b', `--b\r\n${head.slice(0, 30)}`],
    ['whose head has no colon', 'boundary=b', `--b\r\nContent-Disposition\r\n\r\nx\r\n--b--\r\n`],
    ['without a boundary', '', `--b\r\n${head}\r\n\r\nx\r\n--b--\r\n`],
    ['of another boundary', 'boundary=c', `--b\r\n${head}\r\n\r\nx\r\n--b--\r\n`],
    ['of nothing', 'boundary=b', ''],
    ['of noise', 'boundary=b', '\0\u00ff'.repeat(1000)],
    ['of a head without end', 'boundary=b', `--b\r\nx: ${'y'.repeat(200_000)}`],
    ['of an endless boundary', `boundary=${'b'.repeat(5000)}`, '--b\r\n'],
  ];
  for (const [what, boundary, body] of cases) {
    it(`${what} is answered 400`, async () => {
      await using gateway = new FuzzedGateway();
      for (const path of ['/api/quality', '/api/search']) {
        const status = await gateway.send({
          method: 'POST',
          path,
          type: `multipart/form-data; ${boundary}`,
          body: Buffer.from(body, 'latin1'),
        });
        assert.equal(status, 400, path);
      }
    });
  }
});
