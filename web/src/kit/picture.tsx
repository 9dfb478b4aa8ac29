import type { Ref } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { useInView } from './use-in-view.ts';
import './picture.css';

/** `waiting` as long as nobody looks at it. */
export type PictureState = { readonly url: string } | 'waiting' | 'loading' | 'none' | 'failed';

/** Where a picture comes from: at hand, or to be fetched; null where there is none. */
export type PictureSource = Blob | (() => Promise<Blob | null>);

/**
 * A picture for an `<img>`, given back when the component goes.
 *
 * @param id what the picture is of: with another one it is fetched again
 * @param wanted false as long as nobody looks at it
 */
export function usePicture(source: PictureSource, id: string, wanted = true): PictureState {
  const [state, setState] = useState<PictureState>('waiting');
  const fetched = typeof source === 'function' ? id : source;
  useEffect(() => {
    if (!wanted) return;
    let url: string | undefined;
    let gone = false;
    const show = (blob: Blob | null) => {
      if (gone) return;
      if (blob !== null) url = URL.createObjectURL(blob);
      setState(url === undefined ? 'none' : { url });
    };
    setState('loading');
    if (typeof source !== 'function') show(source);
    else source().then(show, () => !gone && setState('failed'));
    return () => {
      gone = true;
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [fetched, wanted]);
  return state;
}

interface PictureLook {
  readonly alt: string;
  /** Said where there is none. */
  readonly absent?: string;
  readonly class?: string;
  /** For style sheets and tests. */
  readonly kind?: string;
  readonly onSize?: (width: number, height: number) => void;
}

export interface PictureViewProps extends PictureLook {
  readonly state: PictureState;
  /** Of the place that waits for it. */
  readonly room?: Ref<HTMLDivElement>;
}

/** A picture in the state that `usePicture` gives, or what there is in its place. */
export function PictureView(props: PictureViewProps) {
  const {
    state,
    room = null,
    alt,
    absent = t('forms.noPicture'),
    class: extra = '',
    kind,
    onSize,
  } = props;
  const [broken, setBroken] = useState<PictureState>();
  if (state === 'waiting') return <div ref={room} class={`picture ${extra}`} />;
  if (state === 'loading') {
    return <div ref={room} class={`picture picture-wait ${extra}`} aria-busy="true" />;
  }
  if (state === 'none') return <div class={`picture picture-none ${extra}`}>{absent}</div>;
  if (state === 'failed' || broken === state) {
    return <div class={`picture picture-none ${extra}`}>{t('forms.pictureFailed')}</div>;
  }
  return (
    <img
      class={`picture ${extra}`}
      src={state.url}
      alt={alt}
      data-kind={kind}
      onError={() => setBroken(state)}
      onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
        onSize?.(naturalWidth, naturalHeight)
      }
    />
  );
}

export interface PictureProps extends PictureLook {
  readonly source: PictureSource;
  /** What a fetched picture is of. */
  readonly id?: string;
}

/**
 * A picture. One that must be fetched is fetched once it comes into view: a long list asks for
 * what is looked at, and no more is recorded as viewed.
 */
export function Picture({ source, id = '', ...look }: PictureProps) {
  const [room, inView] = useInView<HTMLDivElement>();
  const state = usePicture(source, id, inView || typeof source !== 'function');
  return <PictureView state={state} room={room} {...look} />;
}
