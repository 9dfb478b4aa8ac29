import { useEffect, useRef, useState } from 'preact/hooks';
import type { EnrolOutcome } from '../../../src/client/nightglass-client.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import {
  type AlertFace,
  type EnrolPicture,
  enrolPictures,
  isOpen,
  type PictureSource,
} from './enrol-picture.ts';

export interface EnrolPictures {
  readonly pictures: readonly EnrolPicture[];
  /** Those that are still to be enrolled: what is known to be refused is not sent. */
  readonly open: readonly EnrolPicture[];
  readonly addFiles: (files: readonly File[]) => void;
  readonly addAlertFace: (face: AlertFace, name: string) => void;
  readonly remove: (key: number) => void;
  /** Says which face of a picture is meant. */
  readonly choose: (key: number, face: number) => void;
  /** Enrols what is open, and gives how many of them were taken. */
  readonly enrol: (personId: string) => Promise<number>;
}

/** Few, so that grades come soon; not one by one, as the gateway limits requests. */
const checkedAtOnce = 4;

let keys = 0;

/** Pictures chosen for a person: each is looked at, one after the other, before it is enrolled. */
export function useEnrolPictures(): EnrolPictures {
  const { client } = useDashboard();
  const [pictures, setPictures] = useState<readonly EnrolPicture[]>([]);
  const queue = useRef<{ key: number; file: File }[]>([]);
  const working = useRef(false);
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      queue.current = [];
    };
  }, []);

  const change = (key: number, part: Partial<EnrolPicture>) =>
    setPictures((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one)));

  async function work(): Promise<void> {
    if (working.current) return;
    working.current = true;
    while (queue.current.length > 0 && !gone.current) {
      const group = queue.current.splice(0, checkedAtOnce);
      try {
        const files = group.map(({ file }) => file);
        const grades = await client.grade(files);
        for (const [i, { key }] of group.entries()) {
          const check = grades[i];
          if (check !== undefined) change(key, { check });
        }
      } catch (checkError) {
        for (const { key } of group) change(key, { checkError });
      }
    }
    working.current = false;
  }

  function add(source: PictureSource, name: string): number {
    keys += 1;
    const key = keys;
    setPictures((all) => [...all, { key, name, source }]);
    return key;
  }

  const open = pictures.filter(isOpen);

  return {
    pictures,
    open,
    addFiles(files) {
      for (const file of files) {
        queue.current.push({ key: add({ from: 'file', file }, file.name), file });
      }
      void work();
    },
    addAlertFace(face, name) {
      const there = pictures.some(
        ({ source }) =>
          source.from === 'alert' && source.alertId === face.alertId && source.kind === face.kind,
      );
      if (!there) add({ from: 'alert', ...face }, name);
    },
    choose: (key, face) => change(key, { face }),
    remove(key) {
      queue.current = queue.current.filter((waiting) => waiting.key !== key);
      setPictures((all) => all.filter((one) => one.key !== key));
    },
    async enrol(personId) {
      let taken = 0;
      const onOutcome = (key: number, outcome: EnrolOutcome) => {
        if (outcome.status !== 'refused') taken += 1;
        change(key, { outcome });
      };
      await enrolPictures(client, personId, open, onOutcome);
      return taken;
    },
  };
}
