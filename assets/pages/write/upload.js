// A file goes to the portal in pieces. What it has is never sent again: after a lost network the next
// call goes on from where the portal says that the file stands.
const piece = 4 << 20, stalled = 60000, judged = 180000;
const begun = new WeakMap(); // which upload a file is

// call gives the answer's status, 0 where none came.
function call(method, path, body, headers, bar) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    let watch;
    const wait = (ms) => { clearTimeout(watch); watch = setTimeout(() => request.abort(), ms); };
    request.open(method, "/api/v1" + path);
    for (const [name, value] of Object.entries({ "Accept-Language": document.documentElement.lang, ...headers })) request.setRequestHeader(name, value);
    request.upload.onprogress = (e) => {
      if (bar) bar.value = Number(headers["Upload-Offset"]) + e.loaded;
      wait(stalled);
    };
    request.upload.onload = () => wait(judged); // all is there, and is looked at
    request.onloadend = () => {
      clearTimeout(watch);
      let said = {};
      try { said = JSON.parse(request.responseText); } catch { /* only the status tells */ }
      done({ status: request.status, said });
    };
    wait(stalled);
    request.send(body);
  });
}

// send brings a file onto what stands at a path of the API, a practice or a report; the status is 201 when
// it is there.
export async function send(onto, file, bar) {
  const known = begun.get(file);
  let answer = known
    ? await call("GET", "/uploads/" + known)
    : await call("POST", onto + "/uploads", JSON.stringify({ name: file.name, size: file.size }), { "Content-Type": "application/json" });
  bar.max = file.size;
  while (answer.status === 200 || !known && answer.status === 201) {
    const { id, offset, attachment } = answer.said;
    if (attachment) return { status: 201 };
    begun.set(file, id);
    bar.value = offset;
    answer = await call("PATCH", "/uploads/" + id, file.slice(offset, offset + piece), { "Content-Type": "application/octet-stream", "Upload-Offset": String(offset) }, bar);
  }
  if (answer.status === 404 && known) { // it has expired
    begun.delete(file);
    return send(onto, file, bar);
  }
  if (answer.status === 415) begun.delete(file);
  if (answer.said.type?.includes(":upload_")) answer.status = 0; // it stands elsewhere: asked anew, it says where
  return answer;
}
