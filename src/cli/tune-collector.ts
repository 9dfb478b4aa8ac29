import { setFlagsFromString } from 'node:v8';

/**
 * Lets the old part of the heap double before V8 marks it again. The steps that
 * V8 takes by itself suit programs of small objects: here every eight megabytes
 * of passing packets and pictures made it mark the whole heap, some 80 ms of
 * processor time twice a second with four cameras. For commands that stay; call
 * before the work starts.
 */
export function tuneCollector(): void {
  setFlagsFromString('--heap-growing-percent=100');
}
