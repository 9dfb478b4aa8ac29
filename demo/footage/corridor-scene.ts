import { lobbyScene } from './lobby-scene.ts';
import type { Passer, Scene } from './scene.ts';

/** Length of the loop, seconds. */
const seconds = 60;

/**
 * A corridor where hardly anybody comes by: the lobby's place, camera and grain, over a minute.
 * What most cameras see most of the time.
 */
export function corridorScene(passers: readonly Passer[]): Scene {
  return {
    ...lobbyScene(passers),
    name: 'corridor',
    seconds,
    brightnessAt: (time) => 1 + 0.02 * Math.sin((2 * Math.PI * time) / seconds),
  };
}
