internal import Kernels
internal import Tensors

extension Block {
    /// The block less what it leaves out.
    func callAsFunction(
        _ x: inout Tensor, at time: TimeConditions, over memory: BlockMemory, rope: RotaryTable,
        leavingOut compression: BlockCompression
    ) throws {
        if let matcher = compression.matcher {
            try merging(&x, at: time, over: memory, rope: rope, by: matcher, meeting: compression.keys)
        } else {
            try self(&x, at: time, over: memory, rope: rope, meeting: compression.keys)
        }
    }

    /// The block with tokens merged: `x` keeps all of its tokens, and what the parts add is computed on merged tokens and
    /// given to each token of a group alike.
    ///
    /// A merged token is the mean of its group, has the position of the group's leader, and as a key counts as often as
    /// the group has tokens. Groups are found once a block, from what self-attention sees: the tokens differ from block
    /// to block, and finding them takes one dot product a token.
    private func merging(
        _ x: inout Tensor, at time: TimeConditions, over memory: BlockMemory, rope: RotaryTable,
        by matcher: TokenMatcher, meeting keys: AttendedKeys
    ) throws {
        let (first, last) = modulation(time.projection)
        let tokens = norm1(x, by: first)
        let groups = matcher.match(tokens, on: workers)
        let ropeOfGroups = rope.gathered(rows: groups.leaders, on: workers)
        var keys = keys
        if keys.pool == nil { keys.bias = groups.logSizes } else { keys.pooled = tokens }
        func add(_ tokens: consuming Tensor, _ part: (Tensor, inout Tensor) throws -> Void) throws {
            var sum = Tensor(shape: [groups.count, x.width])
            try part((consume tokens).averaged(over: groups, on: workers), &sum)
            x.add(sum, toRowsOf: groups, on: workers)
        }
        try add(consume tokens) {
            try selfAttention($0, rope: ropeOfGroups, meeting: keys, addedTo: &$1, gatedBy: first.gate)
        }
        try add(norm2(x)) { try crossAttention($0, over: memory, addedTo: &$1) }
        try add(norm3(x, by: last)) { try feedForward($0, addedTo: &$1, gatedBy: last.gate) }
    }
}
