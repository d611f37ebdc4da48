/// What the page does: says what is held at the place under the pointer.
enum PageScript {
    static let javascript = """
        const timeline = JSON.parse(document.getElementById('timeline').textContent);
        const plot = document.getElementById('plot');
        const readout = document.getElementById('readout');
        const cursor = document.getElementById('cursor');

        function words(bytes) {
          if (Math.abs(bytes) < 1024) return bytes + ' B';
          let value = bytes / 1024;
          const units = ['KiB', 'MiB', 'GiB', 'TiB'];
          let unit = 0;
          while (Math.abs(value) >= 1024 && unit + 1 < units.length) { value /= 1024; unit += 1; }
          return value.toFixed(Math.abs(value) < 100 ? 1 : 0) + ' ' + units[unit];
        }

        function show(share) {
          const time = timeline.begin + share * (timeline.end - timeline.begin);
          let moment = timeline.moments[0];
          for (const next of timeline.moments) { if (next.seconds <= time) moment = next; }
          const parts = timeline.uses.map((use, index) => [use, moment.bytes[index]]).filter(part => part[1] > 0);
          const stage = timeline.stages.find(stage => stage.begin <= moment.seconds && moment.seconds < stage.end);
          const tracked = moment.bytes.reduce((sum, bytes) => sum + bytes, 0);
          const texts = [
            (moment.seconds - timeline.begin).toFixed(2) + ' s' + (stage ? ', ' + stage.name : ''),
            'tensors and weights ' + words(tracked),
            ...parts.map(part => part[0] + ' ' + words(part[1])),
          ];
          if (moment.residentBytes != null) texts.splice(1, 0, 'resident ' + words(moment.residentBytes));
          readout.replaceChildren(...texts.map(text => {
            const item = document.createElement('li');
            item.textContent = text;
            return item;
          }));
          cursor.hidden = false;
          cursor.style.left = (100 * share) + '%';
        }

        if (plot && timeline.moments.length > 0) {
          plot.addEventListener('pointermove', event => {
            const box = plot.getBoundingClientRect();
            show(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
          });
          plot.addEventListener('pointerleave', () => { cursor.hidden = true; });
        }
        document.documentElement.dataset.ready = 'yes';
        """
}
