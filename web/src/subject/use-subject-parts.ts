import { useState } from 'preact/hooks';
import type { NightglassClient, SubjectPreview } from '../../../src/client/nightglass-client.ts';
import { useExportJob } from '../exports/use-export-job.ts';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { saveFile } from '../widgets/save-file.ts';
import { orderOf, type SubjectDraft } from './subject-draft.ts';

/** A part that was saved. */
export interface SavedPart {
  readonly number: number;
  readonly name: string;
  /** Clips that turned out to be undecodable. */
  readonly withheld: number;
}

/** Part after part of a person's data: what the next one would hold, and making it. */
export function useSubjectParts(client: NightglassClient, personId: string, draft: SubjectDraft) {
  const [saved, setSaved] = useState<readonly SavedPart[]>([]);
  /** Where the next part goes on; null: all are made. */
  const [after, setAfter] = useState<string | null | undefined>();
  const job = useExportJob(client);
  const making = useMutation();
  const { clips, confirmed } = draft;
  const preview = useQuery(async () => {
    if (after === null) return undefined;
    const more = after === undefined ? {} : { after };
    const asked = { people: [personId], confirmed: [...confirmed], clips, ...more };
    return { after, is: await client.previewSubject(asked) };
  }, [client, personId, clips, confirmed, after]);
  /** Of the part before it is nothing left on the page. */
  const shown: SubjectPreview | undefined =
    preview.value?.after === after ? preview.value?.is : undefined;
  const number = saved.length + 1;

  async function make(): Promise<void> {
    if (after === null) return;
    const order = orderOf(personId, draft, { number, after });
    const made = await job.make(() => client.startSubject(order));
    if (made === undefined) return;
    saveFile(made.file);
    setSaved([...saved, { number, name: made.file.name, withheld: made.withheld }]);
    setAfter(made.next);
  }

  return {
    preview: { ...preview, value: shown },
    saved,
    /** Of the part that is next. */
    number,
    /** How many there are, as far as is known. */
    count: number - 1 + (shown?.parts ?? 1),
    isAll: after === null,
    isReady: shown !== undefined && !preview.loading && preview.error === undefined,
    making,
    progress: job.progress,
    make: () => making.run(make),
    cancel: job.cancel,
  };
}
