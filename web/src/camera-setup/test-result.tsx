import { useMemo } from 'preact/hooks';
import type { CameraTest } from '../../../src/client/nightglass-client.ts';
import { codeText } from '../i18n/error-text.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Picture } from '../kit/picture.tsx';

/** The picture of a test as a file. */
export function pictureOf({ picture }: CameraTest): Blob | undefined {
  if (picture === null) return undefined;
  const bytes = Uint8Array.from(atob(picture.jpeg), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: 'image/jpeg' });
}

/** What came of a test: the picture with its faces, and how it came. */
export function TestResult({ test }: { test: CameraTest }) {
  const picture = useMemo(() => pictureOf(test), [test]);
  const { faces, reason, video, stream, firstPictureMs, framesPerSecond } = test;
  return (
    <section class="test-result stack" aria-label={t('cameras.testPicture')} data-ok={test.ok}>
      {!test.ok && (
        <p class="failure" role="alert">
          {t('cameras.testFailed', {
            reason: reason === null ? '' : codeText(reason.code, reason.message),
          })}
        </p>
      )}
      {picture !== undefined && (
        <div class="test-picture">
          <Picture
            source={picture}
            alt={t('cameras.testPicture')}
            class="test-image"
            kind="camera-test"
          />
          <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
            {faces?.map(({ x, y, width, height }) => (
              <rect key={`${x},${y}`} x={x} y={y} width={width} height={height} />
            ))}
          </svg>
        </div>
      )}
      {test.ok && (
        <p role="status">
          <strong>{facesText(faces)}</strong>
        </p>
      )}
      <dl class="origin">
        {video !== null && (
          <Fact name={t('cameras.factVideo')}>
            {video.codec.toUpperCase()} {video.width}×{video.height}
          </Fact>
        )}
        {framesPerSecond !== null && (
          <Fact name={t('cameras.factRate')}>
            {t('wall.rate', { rate: formatNumber(framesPerSecond, 1) })}
          </Fact>
        )}
        {firstPictureMs !== null && (
          <Fact name={t('cameras.factFirst')}>
            {t('wall.age', { seconds: formatNumber(firstPictureMs / 1000, 1) })}
          </Fact>
        )}
        {stream !== null && (
          <Fact name={t('cameras.factTransport')}>
            {t(`cameras.transport_${stream.transport}`)}
            {stream.client === 'compatible' && ` (${t('wall.client_compatible')})`}
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function facesText(faces: CameraTest['faces']): string {
  if (faces === null) return t('cameras.testFacesUnknown');
  return faces.length === 0
    ? t('cameras.testNoFaces')
    : t('cameras.testFaces', { count: faces.length });
}
