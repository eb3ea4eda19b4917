// A file: looked at before it travels, so that the visitor learns at once what is wrong with it. The edge looks again.

import { say } from "./words.js";

const MAX_BYTES = 5 * 1024 * 1024;
/** How each kind begins: PNG, JPEG, PDF. */
const BEGINNINGS = [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], [0xff, 0xd8, 0xff], [0x25, 0x50, 0x44, 0x46, 0x2d]];

const isTaken = async (file) => {
  const first = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  return BEGINNINGS.some((bytes) => bytes.every((byte, index) => first[index] === byte));
};

/** Sends a file. `tell` gets what there is to show: `busy`, `id`, `says` or `problem`. Returns what ends it early. */
export default (page, field, file, tell) => {
  const name = field.name;
  const size = new Intl.NumberFormat(page.lang, {
    ...{ style: "unit", unitDisplay: "short", maximumFractionDigits: 1 },
    ...(file.size < 1e5 ? { unit: "kilobyte" } : { unit: "megabyte" }),
  }).format(file.size / (file.size < 1e5 ? 1e3 : 1e6));
  const says = `${file.name} · ${size}`;
  const wrong = (code) => tell({ name, problem: say(page, code, { max: 5 }) });
  const sending = (percent) => tell({ name, busy: true, says: `${say(page, "file_sending", { name: file.name })} ${percent}%` });
  const request = new XMLHttpRequest();

  const upload = () => {
    request.open("POST", `${page.origin}/v1/files/${page.site}?name=${encodeURIComponent(file.name)}`);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) =>
      sending(Math.round((100 * loaded) / (total || 1)));
    request.onload = () => {
      const { id, title } = request.response || {};
      if (request.status < 300 && /^[0-9a-f]{32}$/.test(id)) return tell({ name, id, says });
      if (request.status === 413) return wrong("file_too_large");
      if (request.status === 415) return wrong("file_wrong_type");
      if (request.status === 429 || request.status >= 500 || !title) return wrong("file_failed");
      tell({ name, problem: title });
    };
    request.onerror = request.ontimeout = () => wrong("file_failed");
    // Without a type: what the file is, the edge reads from the file.
    request.send(new Blob([file]));
  };

  sending(0);
  if (!file.size) wrong("file_empty");
  else if (file.size > MAX_BYTES) wrong("file_too_large");
  else
    isTaken(file)
      .then((taken) => (taken ? upload() : wrong("file_wrong_type")))
      .catch(() => wrong("file_failed"));
  return () => request.abort();
};
