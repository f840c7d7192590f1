/** The page that shows how often each color was served, with a button that begins anew. */
export const tallyPage = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>logger</title>
    <link rel="stylesheet" href="styles/style.css">
    <script src="scripts/script.js" defer></script>
  </head>
  <body>
    <main>
      <h1>Color Ranks</h1>
      <button id="delete" type="button">Delete Logs</button>
      <div id="text" role="status" aria-live="polite"></div>
      <div id="colors" aria-hidden="true"></div>
    </main>
  </body>
</html>
`

export const tallyStyle = `html { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { margin: 0; }
main { box-sizing: border-box; display: flex; flex-direction: column; gap: 0.75rem; height: 100vh; padding: 0.75rem; }
h1 { font-size: 1.5rem; margin: 0; }
button { align-self: start; }
#text p { margin: 0.25rem 0; }
#text .problem { font-weight: bold; }
#colors { display: flex; flex: 1; max-height: 50vh; outline: thin solid; }
#colors > div { outline: thin solid; }
`

export const tallyScript = `const text = document.getElementById('text')
const colors = document.getElementById('colors')

const paragraph = (words, name) => {
  const element = document.createElement('p')
  element.textContent = words
  if (name !== undefined) element.className = name
  return element
}

const box = (color, share) => {
  const element = document.createElement('div')
  element.id = color
  element.style.backgroundColor = color
  element.style.width = share + '%'
  return element
}

const draw = (counts) => {
  const ranks = Object.entries(counts)
  const sum = ranks.reduce((total, [, count]) => total + count, 0)
  const share = (count) => (100 * count) / sum
  text.replaceChildren(
    ...ranks.map(([color, count]) => paragraph(color + ': ' + count + '/' + sum + ' (' + Math.round(share(count)) + '%)')),
  )
  colors.replaceChildren(...ranks.map(([color, count]) => box(color, share(count))))
}

const load = async () => {
  try {
    const response = await fetch('/data')
    if (!response.ok) throw new Error(await response.text())
    draw(await response.json())
  } catch (error) {
    text.replaceChildren(paragraph(error.message, 'problem'))
  }
  setTimeout(load, 300)
}

document.getElementById('delete').addEventListener('click', () => void fetch('/data', { method: 'DELETE' }))
load()
`
