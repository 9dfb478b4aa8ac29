import { ApiError, type FootagePictureKind } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Picture } from '../kit/picture.tsx';
import { useDashboard } from '../live/dashboard-context.ts';

const words = {
  face: 'footage.recorded',
  enhanced: 'footage.enhanced',
  enrolled: 'footage.enrolled',
} as const satisfies Record<FootagePictureKind, string>;

export interface FootagePictureProps {
  readonly sightingId: string;
  readonly kind: FootagePictureKind;
  readonly name: string;
}

/** A picture of a sighting, with what it is. */
export function FootagePicture({ sightingId, kind, name }: FootagePictureProps) {
  const { client } = useDashboard();
  const load = async () => {
    try {
      return await client.footagePicture(sightingId, kind);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  };
  return (
    <figure class="footage-figure" data-kind={kind}>
      <Picture
        source={load}
        id={`${sightingId} ${kind}`}
        kind={kind}
        alt={t('footage.pictureOf', { kind: t(words[kind]), name })}
      />
      <figcaption>{t(words[kind])}</figcaption>
    </figure>
  );
}
