/** Pictures: a form's parts. */
export type Images = readonly (Blob | File)[];

/** A form of pictures and fields; what is undefined is left out. */
export function formOf(images: Images, fields: object = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) form.append(name, String(value));
  }
  for (const [at, image] of images.entries()) {
    form.append('image', image, image instanceof File ? image.name : `image-${at + 1}`);
  }
  return form;
}
