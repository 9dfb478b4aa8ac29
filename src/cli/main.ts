#!/usr/bin/env node
import { CommanderError } from 'commander';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';

// Whoever reads our output may have had enough (`nightglass models list | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Before a command loads ONNX Runtime in any thread, that of the demo's painter included: it keeps
// events for its maker otherwise (`src/inference/worker-host.ts`).
process.env['ORT_DISABLE_TELEMETRY'] = '1';

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message or the help already.
    process.exitCode = error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  } else {
    process.stderr.write(`${reportFailure(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
