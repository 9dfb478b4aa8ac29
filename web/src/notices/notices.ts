import { signal } from '@preact/signals';
import type { Alert, Watchlist } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { go, href } from '../page/route.ts';
import { AlertSound, type AudibleSound } from './alert-sound.ts';

const soundKey = 'nightglass.sound';
const desktopKey = 'nightglass.desktop';
/** Many alerts at once make one sound. Milliseconds. */
const quietMs = 1_500;

/** Draws attention to new alerts by what the visitor chose, on whatever page they are. */
export class Notices {
  readonly sound = signal(localStorage.getItem(soundKey) === 'on');
  readonly desktop = signal(
    localStorage.getItem(desktopKey) === 'on' && desktopPermission() === 'granted',
  );
  /** True while sound is wanted and the browser holds it back. */
  readonly soundWaits = signal(false);
  readonly #tone = new AlertSound();
  readonly #onInput = () => void this.#prepareSound();
  #soundedAt = Number.NEGATIVE_INFINITY;
  #sounded: AudibleSound = 'tone';

  constructor() {
    this.soundWaits.value = this.sound.value;
    document.addEventListener('pointerdown', this.#onInput);
    document.addEventListener('keydown', this.#onInput);
  }

  async setSound(on: boolean): Promise<void> {
    this.sound.value = on;
    localStorage.setItem(soundKey, on ? 'on' : 'off');
    if (!on) {
      this.soundWaits.value = false;
      return;
    }
    await this.#prepareSound();
    // Heard at once, so that the volume can be set.
    this.#tone.play();
  }

  async setDesktop(on: boolean): Promise<void> {
    const granted = on && (await Notification.requestPermission()) === 'granted';
    this.desktop.value = granted;
    localStorage.setItem(desktopKey, granted ? 'on' : 'off');
  }

  /** @param camera its name @param sound that the list asks for */
  announce(alert: Alert, camera: string, sound: Watchlist['sound'] = 'tone'): void {
    this.#sound(sound);
    if (!this.desktop.value || desktopPermission() !== 'granted') return;
    // No name and no picture: a notice also stands on screens that are locked.
    const notice = new Notification(t('alerts.noticeTitle'), {
      body: t('alerts.noticeBody', { camera, list: alert.watchlistName }),
      tag: alert.id,
      icon: './icon.svg',
    });
    notice.onclick = () => {
      window.focus();
      go(href('alerts', alert.id));
      notice.close();
    };
  }

  close(): void {
    document.removeEventListener('pointerdown', this.#onInput);
    document.removeEventListener('keydown', this.#onInput);
    this.#tone.close();
  }

  #sound(sound: Watchlist['sound']): void {
    const now = performance.now();
    if (!this.sound.value || sound === 'none') return;
    // A tone that was just heard holds no alarm back.
    if (now - this.#soundedAt <= quietMs && (sound === 'tone' || this.#sounded === 'alarm')) return;
    this.#soundedAt = now;
    this.#sounded = sound;
    this.#tone.play(sound);
  }

  async #prepareSound(): Promise<void> {
    if (!this.sound.value || this.#tone.ready) return;
    await this.#tone.prepare();
    this.soundWaits.value = !this.#tone.ready;
  }
}

/** `missing` where the browser knows no notices or allows none over plain HTTP. */
export function desktopPermission(): NotificationPermission | 'missing' {
  return 'Notification' in globalThis && isSecureContext ? Notification.permission : 'missing';
}
