// An authority that signs certificates for the receivers of tests, made by `openssl` anew for each run. Usher believes it where it is
// started with `--trust-certificate FILE`.

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

const openssl = (args) => promisify(execFile)("openssl", args);

/** An authority whose files are in `folder`: `file` has its certificate, and `issue(names)` says `{ key, cert }` of one for these names. */
export async function startAuthority(folder) {
  const [key, file] = [join(folder, "authority.key"), join(folder, "authority.pem")];
  await openssl(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", file, "-days", "30", "-subj", "/CN=Usher tests"]);
  let made = 0;
  const issue = async (names, { days = 30 } = {}) => {
    const at = join(folder, `certificate-${made++}`);
    const alternatives = names.map((name) => `${isIP(name) ? "IP" : "DNS"}:${name}`).join(",");
    await writeFile(`${at}.cnf`, `subjectAltName=${alternatives}\nextendedKeyUsage=serverAuth\n`);
    await openssl(["req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", `${at}.key`, "-out", `${at}.csr`, "-subj", `/CN=${names[0]}`]);
    const signed = ["-CA", file, "-CAkey", key, "-CAcreateserial", "-days", String(days), "-extfile", `${at}.cnf`, "-out", `${at}.pem`];
    await openssl(["x509", "-req", "-in", `${at}.csr`, ...signed]);
    return { key: await readFile(`${at}.key`, "utf8"), cert: await readFile(`${at}.pem`, "utf8") };
  };
  return { file, issue };
}
