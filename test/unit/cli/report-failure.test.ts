import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reportFailure } from '../../../src/cli/report-failure.ts';
import { NightglassError } from '../../../src/domain/errors.ts';

describe('reportFailure', () => {
  it('gives message, hint and code, and no stack', () => {
    const error = new NightglassError('CONFIG_INVALID', 'Cannot use a.yaml:\na.yaml:2: bad', {
      hint: 'Correct it.',
    });
    assert.equal(
      reportFailure(error),
      'nightglass: Cannot use a.yaml:\nnightglass: a.yaml:2: bad\n  Correct it.\n  (CONFIG_INVALID)',
    );
  });

  it('does without a hint', () => {
    assert.equal(
      reportFailure(new NightglassError('NO_FACE', 'No face')),
      'nightglass: No face\n  (NO_FACE)',
    );
  });

  it('shows the stack of what nobody foresaw, and takes anything thrown', () => {
    const text = reportFailure(new TypeError('oops'));
    assert.match(
      text,
      /^nightglass: unexpected failure, please report it\nTypeError: oops\n {4}at /,
    );
    assert.match(reportFailure('a string'), /a string$/);
    assert.match(reportFailure(null), /null$/);
  });
});
