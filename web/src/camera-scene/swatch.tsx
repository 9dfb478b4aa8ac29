import { useId } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Hatches } from './hatches.tsx';

export type SwatchKind = 'zone' | 'mask' | 'outside' | 'smallest' | 'largest';

/** A sample of how something is drawn on the picture. */
export function Swatch({ kind }: { kind: SwatchKind }) {
  const id = useId();
  const box = { x: 2, y: 2, width: 40, height: 24 };
  return (
    <svg class="swatch" viewBox="0 0 44 28" aria-hidden="true">
      {(kind === 'zone' || kind === 'mask') && (
        <>
          <defs>
            <Hatches id={id} />
          </defs>
          <rect class={`scene-shape scene-${kind}`} {...box} fill={`url(#${id}-${kind})`} />
        </>
      )}
      {kind === 'outside' && <rect class="scene-outside" {...box} />}
      {(kind === 'smallest' || kind === 'largest') && (
        <g class={`scene-size scene-size-${kind}`}>
          <rect {...box} />
        </g>
      )}
    </svg>
  );
}

/** What colours and hatches mean. */
export function Legend({ kinds }: { kinds: readonly SwatchKind[] }) {
  return (
    <ul class="scene-legend" aria-label={t('scene.legend')}>
      {kinds.map((kind) => (
        <li key={kind}>
          <Swatch kind={kind} /> {t(`scene.legend_${kind}`)}
        </li>
      ))}
    </ul>
  );
}
