import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textTable } from '../../../src/cli/text-table.ts';

describe('textTable', () => {
  it('aligns columns, without blanks at the end', () => {
    assert.equal(
      textTable(
        ['ID', 'NAME', 'NOTE'],
        [
          ['hall', 'Entrance', ''],
          ['b', '', 'dark'],
        ],
      ),
      'ID    NAME      NOTE\nhall  Entrance\nb               dark\n',
    );
  });

  it('leaves out what steers a terminal', () => {
    assert.equal(textTable(['A'], [['x\u001b[2J\r\ny\u202e']]), 'A\nx [2J y\n');
  });
});
