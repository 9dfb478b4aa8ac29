import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { defaultLimits } from '../../../src/domain/gateway-limits.ts';
import { gatewayErrorCodes } from '../../../src/gateway/contract/wire-error.ts';
import { reviewBody } from '../../../src/gateway/schemas/alert.ts';
import {
  clientMessage,
  codedVideoMessage,
  droppedMessage,
  errorMessage,
  eventSchemas,
  missedMessage,
  replayedMessage,
  subscribedMessage,
} from '../../../src/gateway/schemas/messages.ts';
import { enrolOutcome } from '../../../src/gateway/schemas/person.ts';
import { loginBody, sessionSchema } from '../../../src/gateway/schemas/session.ts';
import { errorBody } from '../../../src/gateway/schemas/values.ts';
import { watchlistBody } from '../../../src/gateway/schemas/watchlist.ts';
import { closeCodes } from '../../../src/gateway/socket/close-codes.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/api.md'), 'utf8');

const schemas: Record<string, z.ZodType> = {
  review: reviewBody,
  login: loginBody,
  session: sessionSchema,
  watchlist: watchlistBody,
  enrolled: enrolOutcome,
  error: errorBody,
  client: clientMessage,
  server: z.union([
    subscribedMessage,
    replayedMessage,
    droppedMessage,
    codedVideoMessage,
    missedMessage,
    errorMessage,
  ]),
  event: z.union([eventSchemas.alerts, eventSchemas.detections, eventSchemas.status]),
};

describe('docs/api.md', () => {
  const examples = [...text.matchAll(/```json (\w+)\n([\s\S]*?)```/g)];

  it('has examples', () => {
    assert.ok(examples.length >= 10);
  });

  for (const [, kind = '', body = ''] of examples) {
    it(`shows a valid ${kind}: ${body.trim().slice(0, 40)}`, () => {
      const schema = schemas[kind];
      assert.ok(schema, `no schema for ${kind}`);
      const result = schema.safeParse(JSON.parse(body));
      assert.ok(result.success, JSON.stringify(result.error?.issues));
    });
  }

  it('names every close code and every code of the gateway', () => {
    for (const code of Object.values(closeCodes))
      assert.ok(text.includes(`| ${code} |`), String(code));
    for (const code of Object.keys(gatewayErrorCodes))
      assert.ok(text.includes(`\`${code}\``), code);
  });

  it('states the limits as they are', () => {
    assert.ok(text.includes(`more than ${defaultLimits.maxMessages} messages`));
    assert.ok(text.includes(`over ${defaultLimits.maxMessageBytes / 1024} KiB`));
    assert.ok(text.includes(`more than ${defaultLimits.dropAboveBytes / 1024} KiB`));
    assert.ok(text.includes(`more than ${defaultLimits.closeAboveBytes / 1024 / 1024} MiB`));
    assert.ok(
      text.includes(
        `at most ${defaultLimits.maxImages} of ${defaultLimits.maxImageBytes / 1024 / 1024} MiB`,
      ),
    );
    assert.ok(text.includes(`After ${defaultLimits.maxAuthFailures} failures`));
    assert.ok(text.includes(`may log in ${defaultLimits.maxLogins} times a minute`));
    assert.ok(text.includes(`may search ${defaultLimits.maxSearches} times a minute`));
    assert.ok(
      text.includes(`after ${defaultLimits.sessionIdleMs / 60_000} minutes without request`),
    );
    assert.ok(text.includes(`after ${defaultLimits.sessionLifeMs / 3_600_000} hours`));
    assert.ok(text.includes(`at most ${defaultLimits.maxSessionsPerToken} sessions`));
  });
});
