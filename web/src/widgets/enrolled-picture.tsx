import { Picture } from '../kit/picture.tsx';
import { useDashboard } from '../live/dashboard-context.ts';

export interface EnrolledPictureProps {
  readonly personId: string;
  readonly templateId: string;
  readonly alt: string;
}

/** A picture by which a person is found. */
export function EnrolledPicture({ personId, templateId, alt }: EnrolledPictureProps) {
  const { client } = useDashboard();
  return (
    <Picture
      source={() => client.enrolledImage(personId, templateId)}
      id={`${personId} ${templateId}`}
      alt={alt}
    />
  );
}
