import { AV_LOG_QUIET } from 'node-av/constants';
import { Log } from 'node-av/lib';

/**
 * Keeps FFmpeg from writing to standard error. Its messages quote URLs and
 * packet contents and bypass our log; what matters reaches us as return codes.
 * Runs when a module that decodes is first imported.
 */
export function silenceFfmpeg(): void {
  Log.setLevel(AV_LOG_QUIET);
}

silenceFfmpeg();
